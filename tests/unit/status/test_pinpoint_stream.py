"""Nobody's event stream is taken by an apply that was not told to."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from mailroom.errors import MailroomError
from mailroom.status import pinpoint_stream

APPLICATION = "0123456789abcdef0123456789abcdef"
BEFORE = 'environment = "dev"\nregion      = "eu-west-1"\n'
STREAM = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/"


class Pinpoint:
    """Applications with their event streams; it remembers which were asked about."""

    def __init__(self, destination: str = "", problem: Exception | None = None) -> None:
        self.destination, self.problem = destination, problem
        self.asked: list[str] = []

    def get_event_stream(self, *, ApplicationId: str) -> dict[str, Any]:
        self.asked.append(ApplicationId)
        if self.problem:
            raise self.problem
        if not self.destination:
            raise ClientError({"Error": {"Code": "NotFoundException"}}, "GetEventStream")
        return {"EventStream": {"DestinationStreamArn": self.destination}}


def status(inside: str) -> str:
    return f"{BEFORE}status = {{\n  pinpoint = {{ {inside} }}\n}}\n"


@pytest.mark.parametrize(
    ("destination", "text"),
    [
        ("", status(f'application_id = "{APPLICATION}"')),
        (STREAM + "mailroom-dev-status-pinpoint", status(f'application_id = "{APPLICATION}"')),
        (
            STREAM + "post-status-pinpoint",
            'name_prefix = "post"\n' + status(f'application_id = "{APPLICATION}"'),
        ),
        (STREAM + "theirs", status(f'application_id = "{APPLICATION}", replace_existing_stream = true')),
        (STREAM + "theirs", status('create_application = "mailroom"')),
        (STREAM + "theirs", BEFORE + "status = { ses = {} }\n"),
        (STREAM + "theirs", BEFORE + f'# status = {{ pinpoint = {{ application_id = "{APPLICATION}" }} }}\n'),
        (STREAM + "theirs", BEFORE + f'other = {{ application_id = "{APPLICATION}" }}\n'),
    ],
    ids=["none", "ours", "by prefix", "told", "made here", "off", "comment", "another capability's"],
)
def test_an_apply_that_takes_nothing_goes_on(destination: str, text: str) -> None:
    """No stream, ours, an application of our own, or permission: the apply goes on."""
    pinpoint_stream.check("dev", text, lambda region: Pinpoint(destination))


@pytest.mark.parametrize(
    "inside",
    [
        f'application_id = "{APPLICATION}"',
        f'application_id = "{APPLICATION}"\n    replace_existing_stream = false',
        f'application_id = "{APPLICATION}" # replace_existing_stream = true\n ',
    ],
    ids=["nothing said", "false", "commented out"],
)
@pytest.mark.parametrize(
    "name", ["theirs", "mailroom-prod-status-pinpoint", "mailroom-dev-status-pinpoint-2"]
)
def test_somebody_elses_stream_is_not_taken(name: str, inside: str) -> None:
    """Another's stream, another environment's included: refused, with the stream, the setting and how to look."""
    pinpoint = Pinpoint(STREAM + name)
    with pytest.raises(MailroomError, match="replace_existing_stream = true") as refused:
        pinpoint_stream.check("dev", status(inside), lambda region: pinpoint)
    assert STREAM + name in refused.value.message
    assert "terraform/environments/dev.tfvars" in refused.value.message
    assert pinpoint.asked == [APPLICATION]


@pytest.mark.parametrize(
    "problem",
    [NoCredentialsError(), ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetEventStream")],
    ids=["no credentials", "no right"],
)
def test_without_the_right_to_ask_the_apply_goes_on(
    problem: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where Pinpoint does not answer, that is said, and Terraform decides."""
    text = status(f'application_id = "{APPLICATION}"')
    pinpoint_stream.check("dev", text, lambda region: Pinpoint(problem=problem))
    assert "could not be asked" in capsys.readouterr().err
