"""The demo's steps about `status`: where the mails are that went out, as the status API tells it."""

import os
from typing import Any

from mailroom.demo import post
from mailroom.demo.story import Story
from mailroom.demo.watch import until
from mailroom.status import reader
from mailroom.status.asking import KEY_VARIABLE
from mailroom.status.questions import Questions

KEY = "demo"


def questions(story: Story) -> Questions:
    """The status API, asked with a key that the demo makes once, as an operator makes one."""
    if story.questions is None:
        key = story.command("status", "key", "create", KEY).strip()
        os.environ[KEY_VARIABLE] = key  # for the commands that follow
        story.questions = Questions.of(story.environment, key)
    return story.questions


def ended(story: Story, message_id: str, status: str) -> dict[str, Any]:
    """The message's one item, once it has this status."""
    asking = questions(story)

    def look() -> dict[str, Any] | None:
        return next((one for one in reader.items(asking, message_id) if one["status"] == status), None)

    return until(f"{message_id} to be {status}", look)


def first_mails(story: Story) -> None:
    """The timelines of the mails that went out so far."""
    sent = post.inbox(story.cloud)
    for mail in sent:
        ended(story, mail["id"], "delivered")
    story.command("status", "show", sent[0]["id"])
    for mail in sent[1:]:
        item = ended(story, mail["id"], "delivered")
        story.screen.say(f"{item['destination']}: {item['status']} at {item['status_at']}, {item['words']}")
    story.screen.say("the same on a page (make demo KEEP=1 leaves it running): search, timelines, failures")


STEPS = {"Where are these mails now?": first_mails}
