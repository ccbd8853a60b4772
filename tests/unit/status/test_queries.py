"""Athena's questions mean what the table means: the same order of severity, the same failures."""

import re
from pathlib import Path

import pytest

from lambda_src.status.ses import KINDS
from lambda_src.status.view import EMAIL_RANKS, FAILURES
from mailroom import paths

QUERIES = paths.TERRAFORM / "modules" / "status" / "queries"
NAMES = sorted(file.stem for file in QUERIES.glob("*.sql"))
TOLD = (QUERIES / "parts" / "told.sql").read_text()


def words(sql: str, before: str, after: str) -> list[str]:
    """The words in quotes between two marks, in order."""
    inside = re.search(re.escape(before) + r"(.*?)" + re.escape(after), sql, re.DOTALL)
    assert inside, before
    return re.findall(r"'([a-z_]+)'", inside[1])


@pytest.mark.parametrize("name", NAMES)
def test_a_question_leaves_nothing_to_fill_in(name: str) -> None:
    """Only what catalog.tf fills in stands in a question, and its brackets close."""
    text = (QUERIES / f"{name}.sql").read_text().replace("${told}", TOLD)
    assert set(re.findall(r"[$%]\{(\w+)", text)) == {"days"}
    plain = re.sub(r"'[^']*'|--.*", "", text)
    assert plain.count("(") == plain.count(")")


def test_the_kept_questions_are_the_files() -> None:
    """Each file is kept in Athena, and each that is kept has a file."""
    catalog = (QUERIES.parent / "catalog.tf").read_text()
    block = catalog[catalog.index("  queries = {") :]
    assert sorted(re.findall(r"(?m)^    (\w+) += \{ days", block)) == NAMES


def test_the_latest_status_is_the_most_severe() -> None:
    """The order in SQL is that of the table."""
    sql = (QUERIES / "latest_status.sql").read_text()
    ranked = sorted(EMAIL_RANKS, key=lambda status: EMAIL_RANKS[status])
    assert words(sql, "array_position(ARRAY[", "]") == ranked


def test_failures_are_the_table_s() -> None:
    """What the question for failures takes is what the index of failures holds."""
    assert set(words((QUERIES / "failures.sql").read_text(), "status IN (", ")")) == set(FAILURES)


def test_every_kind_of_ses_has_its_status() -> None:
    """Each kind of event that the function reads is one that SQL reads, with the same status."""
    case = TOLD[TOLD.index("CASE json_extract_scalar(detail, '$.eventType')") : TOLD.index("END AS status")]
    told = dict(re.findall(r"WHEN '([A-Za-z ]+)' THEN '([a-z_]+)'", case))
    named = {kind.replace(" ", "").lower(): status for kind, status in told.items()}
    assert named == {published: kind.name for published, kind in KINDS.items() if kind.name}
    assert "WHEN 'Bounce' THEN if(" in case


@pytest.mark.parametrize("file", sorted(QUERIES.rglob("*.sql")), ids=lambda file: file.stem)
def test_a_question_asks_for_columns_that_there_are(file: Path) -> None:
    """What json_extract opens is a column of the table."""
    catalog = (QUERIES.parent / "catalog.tf").read_text()
    columns = set(re.findall(r'\{ name = "(\w+)", type', catalog))
    assert set(re.findall(r"json_extract(?:_scalar)?\((\w+),", file.read_text())) - {"r"} <= columns
