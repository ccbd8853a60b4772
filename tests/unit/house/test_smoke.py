"""The smoke call after an apply: who does not answer is named, with its own words."""

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest

from mailroom import deploy
from mailroom.errors import MailroomError
from mailroom.smoke import functions


class FakeLambda:
    """Functions that answer, or fail with an error."""

    def __init__(self, errors: dict[str, Any]) -> None:
        self._errors = errors
        self.called: list[str] = []

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        assert json.loads(Payload) == {}
        self.called.append(FunctionName)
        if error := self._errors.get(FunctionName):
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(error)}
        return {"Payload": io.BytesIO(b"null")}


def environment(errors: dict[str, Any]) -> Any:
    client = FakeLambda(errors)
    outputs = {
        "inbound_function_name": "dev-inbound", "links_function_name": "dev-links",
        "settle_function_name": None, "region": "eu-west-1",
    }  # fmt: skip
    return SimpleNamespace(name="dev", outputs=outputs, client=lambda _: client, lambda_client=client)


def test_every_function_is_called_once() -> None:
    """All functions that are there are called with nothing to do; those that answer are not named."""
    where = environment({})
    assert functions.failed_functions(where) == {}
    assert where.lambda_client.called == ["dev-inbound", "dev-links"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            b'{"errorType": "SettingsError", "errorMessage": "RAW_BUCKET is not set"}',
            "SettingsError: RAW_BUCKET is not set",
        ),
        (b"no JSON", "no JSON"),
        (b"[1]", "[1]"),
    ],
)
def test_a_function_that_fails_is_named(body: bytes, words: str) -> None:
    """The error's own words are told, and an apply ends with an error that names the function."""
    where = environment({"dev-links": body})
    assert functions.failed_functions(where) == {"dev-links": words}
    with pytest.raises(MailroomError, match="dev is applied, but not every function answers") as told:
        deploy.smoke(where)
    assert f"dev-links: {words}" in told.value.message
