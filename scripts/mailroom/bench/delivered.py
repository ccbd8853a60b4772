"""What came out for the people in the list, held against what `explain` said would."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from mailroom.bench import oracle
from mailroom.bench.ends import Mails, mail_of
from mailroom.demo import post


def differences(mails: Mails, mail: str, said: Mapping[str, Any]) -> list[str]:
    """In words: other people than said, or a file that no link and not the mail itself brings to the byte."""
    wanted = Counter(file["sha256"] for file in said["attachments"])
    wrong, people = [], []
    for sent in copies(mails, mail):
        people += sent["recipients"]
        links, kept = oracle.sent_on(post.raw(mails.cloud, sent["id"]), mails.environment.output("links_url"))
        clicks = [post.click(link) for link in links]
        wrong += [f"a link answered {click.status}" for click in clicks if click.status != 200]
        came = Counter([click.sha256 for click in clicks] + kept)
        if came != wanted:
            wrong.append(
                f"{sent['recipients']} got {(came - wanted).total()} files that nobody sent, "
                f"and {(wanted - came).total()} of {wanted.total()} not to the byte"
            )
    if sorted(people) != sorted(said["recipients"]):
        wrong.append(f"it went to {sorted(people)} in place of {sorted(said['recipients'])}")
    return wrong


def copies(mails: Mails, mail: str) -> list[dict[str, Any]]:
    """What SES took of this mail, as the inbox lists it."""
    return [sent for sent in post.inbox(mails.cloud) if mail_of(sent) == mail]
