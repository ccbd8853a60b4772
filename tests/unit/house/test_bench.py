"""`make bench`: each measure measures what it says, and could miss its goal."""

import json
import sys
import zipfile
from pathlib import Path

import pytest

from lambda_src.inbound import settings as inbound_settings
from lambda_src.links import settings as links_settings
from lambda_src.status import settings as status_settings
from lambda_src.status.rest import settings as api_settings
from mailroom import package, paths
from mailroom.bench import __main__ as bench
from mailroom.bench import (
    calls,
    cold,
    fuzzed,
    memory,
    opening,
    status_folding,
    status_storm,
    ways,
    worst,
    zips,
)
from mailroom.bench.functions import ENVIRONMENTS
from mailroom.bench.mails import sample
from mailroom.bench.process import run
from mailroom.bench.rows import KB, MB, Row, at_least, at_most
from mailroom.errors import MailroomError


@pytest.mark.parametrize(
    ("goal", "value", "met"),
    [
        (at_most(1.3), 1.3, True),
        (at_most(1.3), 1.31, False),
        (at_least(2), 2, True),
        (at_least(2), 1.9, False),
    ],
)
def test_a_goal_can_be_missed(goal: object, value: float, met: bool) -> None:
    """A value at the bound meets the goal, one beyond it misses it; without a goal there is no answer."""
    assert Row("a", "b", value, "times", goal).met is met  # type: ignore[arg-type]
    assert Row("a", "b", value, "times").met is None


@pytest.mark.parametrize(
    ("size", "recipients", "attachments"), [(8 * KB, 1, 1), (14 * KB, 50, 2), (MB, 2, 3)]
)
def test_samples_have_their_size(size: int, recipients: int, attachments: int) -> None:
    """A sample is as large as asked for, to 2 percent, without defects, the same in every run."""
    mail = sample(size, recipients, attachments)
    assert abs(len(mail.raw) - size) < 0.02 * size
    assert mail == sample(size, recipients, attachments)
    texts, files = ways.straightforward(mail.raw)
    assert texts[0].count("person-") == recipients
    assert len(files) == attachments


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def test_the_ways_do_the_same_work() -> None:
    """Ours, the standard library and the floor find the same attachments, and ours the same texts."""
    mail = sample(200 * KB, attachments=2)
    texts, files = ways.straightforward(mail.raw)
    digests = [digest for *_, digest in files]
    assert len(set(digests)) == 2
    assert ways.floor(mail) == ways.ours_in_memory(mail) == ways.straightforward_in_memory(mail) == digests
    position = iter([mail.raw, b""])
    message = ways.ours(lambda size: next(position))
    assert [body.text.strip() for body in message.bodies] == [_lf(text) for text in texts]
    assert [(file.name, file.content_type, file.size, file.sha256) for file in message.attachments] == files
    assert message.defects == []


def test_ratios_come_from_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A way that takes ten times as long shows as ten, against its goal, the least of the turns counting."""
    costs = {"floor": [1.0, 3.0, 2.0], "ours": [15.0, 10.0, 11.0], "stdlib": [40.0, 30.0, 20.0]}
    turns = {id(way): costs[name] for name, way in opening.WAYS.items()}
    calls_made = dict.fromkeys(turns, 0)

    def seconds(way: object, mail: object, count: int) -> float:
        calls_made[id(way)] += 1
        return turns[id(way)][(calls_made[id(way)] - 2) % 3] if calls_made[id(way)] > 1 else 1.0

    monkeypatch.setattr(opening, "seconds", seconds)
    rows = list(opening.rows({"38 MB": sample(8 * KB), "14 KB": sample(8 * KB)}, 2))
    found = {(row.measure, row.size): (row.value, row.met) for row in rows}
    assert found["open: time over the floor", "38 MB"] == (10, False)
    assert found["stdlib: time over the floor", "38 MB"] == (20, None)
    assert found["stdlib: time over open", "14 KB"] == (2, True)


def test_ways_that_disagree_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one way finds other attachments than the others, there is an error and no ratio."""
    monkeypatch.setattr(opening, "WAYS", {**opening.WAYS, "ours": lambda mail: ["something else"]})
    with pytest.raises(MailroomError, match="different attachments"):
        opening.timings(sample(8 * KB), 1)


@pytest.mark.parametrize("kind", ["resident", "allocated"])
def test_memory_is_that_of_the_fresh_process(kind: str, tmp_path: Path) -> None:
    """The straightforward way peaks at several times a message, ours at a fraction, however large the caller is."""
    file = tmp_path / "mail.eml"
    file.write_bytes(sample(2 * MB).raw)
    held = bytearray(b"x" * 150 * MB)
    assert 3 * 2 * MB < memory.measured("stdlib", kind, file) < 50 * MB
    assert memory.measured("ours", kind, file) < MB
    assert len(held) == 150 * MB


def test_every_call_of_the_handler_counts() -> None:
    """Calls are counted by operation, and grow with the recipients as the ledger's rules say."""
    counts = calls.counted([(1, 0), (3, 2)])
    assert counts[1, 0] == {"UpdateItem": 4, "GetObject": 1, "TransactWriteItems": 1, "SendEmail": 1}
    assert counts[3, 2]["SendEmail"] == 3
    assert counts[3, 2]["PutObject"] == 2
    assert calls.per_recipient({(1, 2): counts[1, 0], (3, 2): counts[3, 2]}, 2, 1, 3)["SendEmail"] == 1


@pytest.mark.parametrize("failed", [[], [{"itemIdentifier": "1"}]])
def test_a_mail_that_is_not_sent_is_an_error(failed: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail that ends as a notice, or goes back to the queue, is no count but an error."""
    monkeypatch.setattr("lambda_src.inbound.handler.handle", lambda *_: {"batchItemFailures": failed})
    with pytest.raises(RuntimeError, match="not sent to all"):
        calls.count(calls.Answers(), 1, 0)


def test_a_slow_import_shows(tmp_path: Path) -> None:
    """Seconds of a cold start come from the fresh process: a handler that sleeps as it is imported shows it."""
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(0.2)\ndef _wired(): time.sleep(0.1)\n")
    command = [sys.executable, "-P", cold.__file__, "handler", "slow"]
    times = run([*command, "wired"], {"PYTHONPATH": str(tmp_path)}).split()
    assert float(times[0]) >= 0.2
    assert float(times[1]) >= float(times[0]) + 0.1


def test_the_least_of_the_starts_counts() -> None:
    """Of many starts the least of each number counts, and the starts take turns."""
    order = []
    slow, fast = iter([(3.0, 5.0), (2.0, 6.0)]), iter([(1.0, 1.0), (2.0, 2.0)])
    least = zips.in_turns(
        2, lambda: (order.append("s"), next(slow))[1], lambda: (order.append("f"), next(fast))[1]
    )
    assert least == [(2.0, 5.0), (1.0, 1.0)]
    assert order == ["s", "f", "s", "f"]


def test_our_functions_can_be_wired() -> None:
    """Every function that makes clients has an environment here, so that its cold start is measured whole."""
    wired = {
        name for name, module in zips.handlers().items()
        if "def _wired" in package.module_file(paths.CLONE, module).read_text()  # type: ignore[union-attr]
    }  # fmt: skip
    assert wired == set(ENVIRONMENTS)
    for name, settings in (
        ("inbound", inbound_settings.Settings),
        ("links", links_settings.Settings),
        ("status", status_settings.FoldSettings),
        ("transform", status_settings.TransformSettings),
        ("watch", status_settings.WatchSettings),
        ("api", api_settings.Settings),
    ):
        assert settings.from_env(ENVIRONMENTS[name])


def test_a_zip_is_weighed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The zip's bytes are the row's value: more than the goal is told as not met."""

    def heavy(root: Path, target: Path) -> None:
        for name in package.handlers(root):
            with zipfile.ZipFile(target / f"{name}.zip", "w") as archive:
                archive.writestr("data", bytes(6 * MB if name == "inbound" else KB))

    monkeypatch.setattr(package, "package", heavy)
    monkeypatch.setattr(zips, "start_rows", lambda *_: iter(()))
    rows = {row.size: row for row in zips.rows(tmp_path, 1)}
    assert rows["inbound"].value == (tmp_path / "inbound.zip").stat().st_size
    assert (rows["inbound"].met, rows["links"].met) == (False, True)


def test_one_run_measures_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run opens each mail in time and memory, weighs the zips, and tells memory that grows with the message."""
    monkeypatch.setattr(opening, "SECONDS_EACH", 0.001)
    monkeypatch.setattr(opening.gc, "collect", lambda: 0)  # slow among all that pytest holds
    monkeypatch.setattr(memory, "measured", lambda way, kind, file: 100 * file.stat().st_size)
    monkeypatch.setattr(zips, "start_rows", lambda *_: iter(()))
    monkeypatch.setattr(calls, "rows", lambda: iter([Row("AWS calls, all", "1", 7, "calls")]))
    monkeypatch.setattr(worst, "rows", lambda: iter([Row("worst", "1", 7, "times")]))
    monkeypatch.setattr(fuzzed, "CASES", 20)
    monkeypatch.setattr(status_folding, "ROUNDS", 1)
    monkeypatch.setattr(status_storm, "MESSAGES", 100)
    monkeypatch.setattr(bench, "in_cloud", lambda part, say: iter([Row("clicks", str(part), 0, "errors")]))
    sizes = {"8 KB": 8 * KB, "80 KB": 80 * KB}
    rows = list(bench.measures(True, lambda text: None, sizes=sizes))
    found = {(row.measure, row.size): row for row in rows}
    zipped = len(package.handlers(paths.CLONE))
    of_status = 3 * 3 + 3 + 2
    assert len(found) == len(rows) == 3 * 2 + 5 * 2 + 1 + 1 + 1 + zipped + 1 + 1 + of_status
    assert ("clicks", "10") in found  # --quick: a tenth
    assert all(row.value > 1 for row in rows if row.unit == "times" and not row.measure.startswith("status"))
    assert all(row.value > 0 for row in rows if row.unit == "times")
    assert all(
        row.met for row in rows if row.measure.startswith("status") and row.unit != "times" and row.goal
    )
    assert found["open: memory that grows", "8 KB to 80 KB"].value == pytest.approx(72 * KB * 100, rel=0.02)
    assert found["open: memory that grows", "8 KB to 80 KB"].met is False
    assert found["zip", "links"].met is True


def test_an_error_is_told_in_words() -> None:
    """A process that fails is an error with its last words."""
    with pytest.raises(MailroomError, match="code 3: no such thing"):
        run([sys.executable, "-c", "import sys; print('no such thing', file=sys.stderr); sys.exit(3)"])


def test_what_is_printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The table and the JSON hold every row with its value, its goal and whether that is met; never a folder."""
    rows = [
        Row("open: time", "38 MB", 1.254, "times", at_most(1.3), "0.1 s / 0.08 s"),
        Row("open: memory", "38 MB", 70_000_000, "bytes", at_most(64 * MB)),
        Row("calls", "10", 34, "calls"),
    ]
    monkeypatch.setattr(bench, "measures", lambda *_: iter(rows))
    assert bench.main([]) == 0
    table = capsys.readouterr().out
    lines = [" ".join(line.split()) for line in table.splitlines()]
    assert "open: time 38 MB 1.25 times ≤ 1.30 yes 0.1 s / 0.08 s" in lines
    assert "open: memory 38 MB 70,000,000 bytes ≤ 67,108,864 no" in lines
    assert "1 of 2 goals are met." in lines
    assert bench.main(["--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["rows"]
    assert [(row["value"], row["goal"], row["met"]) for row in listed] == [
        (1.254, {"at most": 1.3}, True), (70_000_000, {"at most": 64 * MB}, False), (34, None, None)
    ]  # fmt: skip
    assert str(paths.CLONE) not in table


def test_a_measure_that_fails_ends_the_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missed goals leave the exit code 0; a measure that could not be taken makes it 1, with the reason."""

    def fails(*_: object) -> None:
        raise MailroomError("no memory", "try again")

    monkeypatch.setattr(bench, "measures", fails)
    assert bench.main([]) == 1
    assert capsys.readouterr().err == "no memory\ntry again\n"
