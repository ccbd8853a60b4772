"""What `inbound` would do with a message, asked without AWS: the very code that the function runs."""

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lambda_src.inbound import bodies, decide
from lambda_src.inbound.bodies import Bodies
from lambda_src.inbound.decide import Rules
from lambda_src.inbound.message import Counted, Message, open_message

LINK = "{link}"
SPOOLED_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class ExplainSettings:
    """The function's rules, how long links live, and whether `To` names everybody in the list.

    `trust_verdicts` believes SES's verdict headers.
    """

    rules: Rules = field(default_factory=Rules)
    link_expiry_hours: int = 36
    trust_verdicts: bool = False
    show_all_recipients: bool = False


DEFAULTS = ExplainSettings()


def environment_settings(env: str, name: str) -> ExplainSettings:
    """The settings of the deployed function. Raises MailroomError where nothing is deployed."""
    from lambda_src.inbound.settings import Settings
    from mailroom.environment import Environment

    environment = Environment.load(env, name)
    function = environment.output("inbound_function_name")
    answer = environment.client("lambda").get_function_configuration(FunctionName=function)
    settings = Settings.from_env(answer["Environment"]["Variables"])
    return ExplainSettings(
        settings.rules(), settings.link_expiry_hours, show_all_recipients=settings.show_all_recipients
    )


def explain_file(file: Path, settings: ExplainSettings, now: int) -> dict[str, Any]:
    """The answer about one file; one that cannot be read is `rejected`. `now`: seconds since 1970."""
    try:
        # A copy, since a pipe says its size only at its end; a large one goes to the disk.
        with file.open("rb") as source, tempfile.SpooledTemporaryFile(SPOOLED_BYTES) as stream:
            shutil.copyfileobj(source, stream)
            size = stream.tell()
            if size == 0:
                return _rejected(file, "the file is empty")
            stream.seek(0)
            return explain_stream(str(file), stream.read, size, settings, now)
    except OSError as problem:
        return _rejected(file, f"the file cannot be read: {problem.strerror or problem}")


def to_json(answer: dict[str, Any]) -> str:
    """The answer on one line. ASCII, so that no terminal can stumble over it."""
    return json.dumps(answer)


def in_words(answer: dict[str, Any]) -> str:
    """The answer for a person: a few lines."""
    lines = [
        f"{answer['file']}: {answer['outcome']}" + (f" ({answer['reason']})" if answer["reason"] else "")
    ]
    if answer["outcome"] == "rejected":
        return lines[0]
    lines += [f"  subject:    {answer['subject']}", f"  from:       {answer['from']}"]
    lines += [f"  to:         {address}" for address in answer["recipients"]]
    lines += [
        f"  not to:     {address} (no valid address, or not allowed)"
        for address in answer["invalid_recipients"]
    ]
    for file in answer["attachments"]:
        size = decide.plain_size(file["size"])
        lines.append(
            f"  attachment: {file['name']} ({size}, {file['content_type']}) sha256 {file['sha256'][:16]}…"
        )
    lines += [f"  defect:     {defect}" for defect in answer["defects"]]
    return "\n".join(lines)


def explain_stream(
    name: str, read: Callable[[int], bytes], size: int, settings: ExplainSettings, now: int
) -> dict[str, Any]:
    """The answer about a message of `size` bytes that `read` gives."""
    rules = replace(settings.rules, trust_verdicts=settings.trust_verdicts)
    message = open_message(read, lambda number, headers: Counted(), keep=rules.keep, marker=rules.marker)
    decision, people = decide.decide(message, size, rules)
    sent = _sent(message, settings, now)
    return {
        "file": name,
        "outcome": decision.outcome,
        "reason": decision.words or None,
        "subject": message.headers.words("subject"),
        "from": message.headers.words("from"),
        "recipients": list(people.valid),
        "invalid_recipients": [*people.invalid, *people.not_allowed],
        "text": sent.text,
        "html": sent.html,
        "attachments": [{key: getattr(file, key) for key in _SHOWN} for file in message.attachments],
        "defects": message.defects,
    }


def _sent(message: Message, settings: ExplainSettings, now: int) -> Bodies:
    """The bodies as they would be sent on (see sending.py)."""
    return bodies.with_links(
        bodies.without_list(message, settings.rules.marker),
        message.linked,
        [LINK] * len(message.linked),
        now + settings.link_expiry_hours * 3600,
        message.signed,
        LINK if message.signed and settings.show_all_recipients else "",
    )


_SHOWN = ("name", "content_type", "size", "sha256", "inline")


def _rejected(file: Path, reason: str) -> dict[str, Any]:
    return {
        "file": str(file),
        "outcome": "rejected",
        "reason": reason,
        "subject": "",
        "from": "",
        "recipients": [],
        "invalid_recipients": [],
        "text": None,
        "html": None,
        "attachments": [],
        "defects": [],
    }
