"""`mailroom status show` asks the API and draws its answer."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from mailroom.errors import MailroomError
from mailroom.status import app, questions
from tests.unit.status.api.conftest import Api, at, event
from tests.unit.status.api.served import KEY, Gateway, served

ANN, BOB, PHONE = "ann@example.org", "bob@example.org", "+12065550101"
Show = Callable[..., Result]


class Environment:
    """An applied environment whose API is the served one; with a usage plan where it wants keys."""

    name = "test"
    gateway: Gateway

    @classmethod
    def load(cls, env: str, name: str = "default") -> "Environment":
        return cls()

    @property
    def outputs(self) -> dict[str, Any]:
        plan = None if self.gateway.signed else "plan-1"
        return {"status_api_url": self.gateway.url, "status_usage_plan_id": plan, "region": "eu-west-1"}

    def output(self, name: str) -> Any:
        return self.outputs[name]

    @property
    def session(self) -> Any:
        return boto3.Session(aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key="secret")


@pytest.fixture
def gateway(query_api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    monkeypatch.setattr(questions, "Environment", Environment)
    with served(query_api) as found:
        monkeypatch.setattr(Environment, "gateway", found, raising=False)
        yield found


@pytest.fixture
def show(gateway: Gateway) -> Show:
    """Run `mailroom status show` with the key of the served API; a wide terminal."""

    def run(*arguments: str, key: str = KEY) -> Result:
        environ = {"MAILROOM_STATUS_KEY": key, "COLUMNS": "200", "NO_COLOR": "1"}
        return CliRunner().invoke(app, ["show", *arguments], env=environ)

    return run


def test_a_message_is_drawn_with_its_timelines(show: Show, query_api: Api) -> None:
    """Who, what, when, in plain words, with the server's own answer below; each recipient apart."""
    query_api.put(
        event("m-1", ANN, "send", at(60), from_address="news@example.com", reference="order-1"),
        event(
            "m-1",
            ANN,
            "hardbounce",
            at(58),
            kind="Permanent",
            sub="General",
            text="smtp; 550 5.1.1 user unknown",
        ),
        event("m-1", BOB, "send", at(60)),
        event("m-1", BOB, "open", at(50), mark="1" * 8, own=False),
        event("m-1", BOB, "open", at(40), mark="2" * 8, own=False),
    )
    result = show("m-1")
    assert result.exit_code == 0, result.output
    lines = [line.rstrip() for line in result.output.splitlines()]
    assert lines[0] == "Message m-1"
    assert lines[1] == "from news@example.com   reference order-1"
    assert lines[3] == "ann@example.org  hardbounce  2026-11-27 11:02:00"
    assert lines[4].split(maxsplit=4) == [
        "├",
        "2026-11-27",
        "11:00:00",
        "send",
        "The mail was accepted to be sent.",
    ]
    assert "There is no such mailbox at that domain." in lines[5]
    assert lines[6].strip() == "smtp; 550 5.1.1 user unknown"
    assert lines[8].startswith("bob@example.org  open")
    assert "2 times (of all recipients)" in lines[10]


def test_what_a_terminal_would_obey_is_taken_out(show: Show, query_api: Api) -> None:
    """A mail server says what it likes; rich's own marks stay text."""
    query_api.put(event("m-1", ANN, "hardbounce", at(9), text="550 \x1b[2J [bold]no[/bold]"))
    result = show("m-1")
    assert "\x1b" not in result.output
    assert "[bold]no[/bold]" in result.output


@pytest.mark.parametrize(
    ("hours", "says"), [(25, "longer than it should take"), (73, "The carrier has not answered for 72 hours")]
)
def test_what_waits_too_long_is_flagged(show: Show, query_api: Api, hours: int, says: str) -> None:
    """A message that is stuck says so."""
    query_api.put(event("s-1", PHONE, "buffered", at(hours * 60), final=False))
    assert says in show("s-1").output


def test_for_programs_it_is_the_apis_answer(show: Show, query_api: Api) -> None:
    """--json hands on what the API says."""
    query_api.put(event("m-1", ANN, "send", at(60)))
    assert json.loads(show("m-1", "--json").output) == query_api.get("/messages/m-1")["said"]


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (["--recipient", "Ann@Example.org"], ["m-3", "m-2", "m-1"]),
        (["--recipient", ANN, "--status", "send"], ["m-3", "m-1"]),
        (["--recipient", ANN, "--since", "4m"], ["m-3"]),
        (["--recipient", ANN, "--limit", "2"], ["m-3", "m-2"]),
        (["--campaign", "spring sale"], ["m-1", "m-2"]),
        (["--reference", "order&1"], ["m-3"]),
        (["--failures"], ["m-2"]),
        (["--stuck"], ["old"]),
    ],
)
def test_lists_by_what_there_is_at_hand(
    show: Show, query_api: Api, arguments: list[str], ids: list[str]
) -> None:
    """Each choice asks its own route, and nothing is lost on the way."""
    query_api.put(
        event("m-1", ANN, "send", at(9), campaign_id="spring sale"),
        event("m-2", ANN, "hardbounce", at(6), campaign_id="spring sale"),
        event("m-3", ANN, "send", at(3), reference="order&1"),
        event("old", BOB, "send", at(25 * 60)),
    )
    result = show(*arguments, "--json")
    assert result.exit_code == 0, result.output
    assert [item["message_id"] for item in json.loads(result.stdout)] == ids
    drawn = show(*arguments).stdout
    assert [line.split()[4] for line in drawn.splitlines()[1:]] == ids


def test_long_lists_are_read_page_by_page(show: Show, query_api: Api, gateway: Gateway) -> None:
    """More than the API gives at once, as many as were asked for, and it says when there are more."""
    query_api.put(*(event(f"m-{number:03}", ANN, "send", at(number)) for number in range(130)))
    result = show("--recipient", ANN, "--limit", "120", "--json")
    assert len({item["message_id"] for item in json.loads(result.stdout)}) == 120
    assert "The first 120; there are more" in result.stderr
    assert len(gateway.requests) == 2


def test_no_address_is_in_any_url(show: Show, query_api: Api, gateway: Gateway) -> None:
    """A recipient goes in the body."""
    query_api.put(event("m-1", ANN, "send", at(1)))
    show("--recipient", ANN)
    show("--recipient", PHONE)
    assert len(gateway.requests) == 2
    for _, path, _, body in gateway.requests:
        assert path == "/v1/messages/search"
        assert b"recipient" in body


def test_an_id_is_quoted_in_the_path(show: Show, query_api: Api, gateway: Gateway) -> None:
    """Whatever an id holds, it is one part of the path."""
    query_api.put(event("a?b#c%41", ANN, "send", at(1)))
    assert json.loads(show("a?b#c%41", "--json").output)["message_id"] == "a?b#c%41"
    assert gateway.requests[0][1] == "/v1/messages/a%3Fb%23c%2541"


def test_a_busy_api_is_asked_again(
    show: Show, query_api: Api, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the seconds that it asks for; not for ever."""
    waited: list[float] = []
    monkeypatch.setattr(questions.time, "sleep", waited.append)
    query_api.put(event("m-1", ANN, "send", at(1)))
    gateway.busy = 2
    assert show("m-1").exit_code == 0
    assert waited == [3.0, 3.0]
    gateway.busy = 99
    assert "Too many calls at once" in str(show("m-1").exception)
    assert len(waited) == 5


def test_callers_are_signed_where_the_environment_wants_it(
    show: Show, query_api: Api, gateway: Gateway
) -> None:
    """With the operator's own credentials, for API Gateway, over the body too; no key goes out."""
    gateway.signed = True
    query_api.put(event("m-1", ANN, "send", at(1)))
    assert show("m-1", key="left-over").exit_code == 0
    assert show("--recipient", ANN, key="").exit_code == 0
    for _, _, headers, _ in gateway.requests:
        sent = {name.lower(): value for name, value in headers.items()}
        assert "Credential=AKIAEXAMPLE/" in sent["authorization"]
        assert "/eu-west-1/execute-api/aws4_request" in sent["authorization"]
        assert "x-api-key" not in sent


@pytest.mark.parametrize(
    ("arguments", "key", "says", "hint"),
    [
        (["m-1"], "", "wants an API key: MAILROOM_STATUS_KEY is not set", "mailroom status key create"),
        (["m-1"], "wrong", "The call needs an API key that is valid", "mailroom status key list"),
        (["m-1"], KEY, "This message is not known", "mailroom status show --recipient ADDRESS"),
        (["--recipient", "ann"], KEY, "recipient: it takes an e-mail address", ""),
        (["--campaign", "a", "--status", "lost"], KEY, "status is", ""),
        ([], KEY, "Say which", "mailroom status show --help"),
        (["m-1", "--stuck"], KEY, "Say which", "mailroom status show --help"),
    ],
)
def test_errors_name_the_next_command(
    show: Show, arguments: list[str], key: str, says: str, hint: str
) -> None:
    """The API's own sentence, and what to try."""
    result = show(*arguments, key=key)
    assert isinstance(result.exception, MailroomError)
    assert says in result.exception.message
    assert hint in result.exception.hint


def test_an_api_that_is_not_there_is_told(show: Show, gateway: Gateway) -> None:
    """Where it was looked for, and no traceback."""
    gateway.url = "http://127.0.0.1:9/v1"
    result = show("m-1")
    assert isinstance(result.exception, MailroomError)
    assert "http://127.0.0.1:9/v1 was not reached" in result.exception.message


def test_an_empty_list_says_so(show: Show) -> None:
    """On stderr, so that a program sees an empty list."""
    result = show("--failures", "--json")
    assert json.loads(result.stdout) == []
    assert "No message is of that choice" in result.stderr
