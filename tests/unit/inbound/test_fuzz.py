"""Some hundred messages that nobody would write; `python -m mailroom.bench.fuzz` runs as many as you like."""

import pytest
from hypothesis import HealthCheck, given, settings

from mailroom.bench import fuzz, invariants
from mailroom.bench.invariants import Broken, check
from mailroom.bench.seeds import SEEDS, message_strategy


@pytest.mark.parametrize("raw", SEEDS)
def test_seeds(raw: bytes) -> None:
    """The messages that the others are made of keep every promise."""
    check(raw)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(message_strategy())
def test_no_message_breaks_a_promise(raw: bytes) -> None:
    """Whatever the message: nothing raises, files are what was hashed, and no list is sent on."""
    check(raw)


def test_by_mutation(capsys: pytest.CaptureFixture[str]) -> None:
    """Damaged messages keep every promise, and the command says how many there were."""
    assert fuzz.main(["--engine", "mutate", "--cases", "200", "--seed", "7"]) == 0
    assert capsys.readouterr().out.startswith("200 cases by mutate in ")


def test_a_broken_promise_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """A message that breaks a promise is kept in a file, and the exit code is 1."""
    monkeypatch.chdir(str(tmp_path))
    monkeypatch.setattr(invariants, "ALLOWED", frozenset())
    with pytest.raises(Broken, match="headers"):
        check(SEEDS[0])
    assert fuzz.main(["--engine", "mutate", "--cases", "3"]) == 1
    assert "fuzz-case.eml" in capsys.readouterr().err
