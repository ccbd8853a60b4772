"""Trino's SQL in DuckDB's words, and how answers are written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from mailroom.local.engine.athena import answers, sql


def ask(query: str) -> tuple[list[str], list[list[str | None]]]:
    """The columns and rows of a query without tables."""
    found = sql.translate(query)
    assert found is not None
    with duckdb.connect() as connection:
        for statement in ("SET TimeZone = 'UTC'", *sql.MACROS):
            connection.execute(statement)
        answer = connection.execute(found.sql)
        columns = [column[0] for column in answer.description]
        return columns, [[answers.text(value) for value in row] for row in answer.fetchall()]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("date_format(TIMESTAMP '2026-11-28 09:05:07', '%Y-%m-%d %H:%i:%s')", "2026-11-28 09:05:07"),
        ("from_iso8601_timestamp('2026-11-28T09:05:07.120Z')", "2026-11-28 09:05:07.120 UTC"),
        ("from_unixtime(1.5)", "1970-01-01 00:00:01.500 UTC"),
        ('json_extract_scalar(\'{"a":{"b":[1,"x"]}}\', \'$.a.b[1]\')', "x"),
        ("json_extract_scalar('{\"a\":{}}', '$.a')", None),
        ("json_extract_scalar('no JSON', '$.a')", None),
        ("json_extract_scalar('{\"a\":true}', '$.a')", "true"),
        ("CAST(json_extract('{\"a\":[\"x\"]}', '$.a') AS array(varchar))", "[x]"),
        ("transform(ARRAY[1, 2], x -> x * 2)", "[2, 4]"),
        ("element_at(ARRAY['a', 'b'], 2)", "b"),
        ("cardinality(ARRAY[1, 2])", "2"),
        ("array_position(ARRAY['a', 'b'], 'b')", "2"),
        ("if(1 > 2, 'a', 'b')", "b"),
        ("coalesce(NULL, 'x')", "x"),
        ("split_part('a@b', '@', 2)", "b"),
        ("regexp_like('gmail.com', '^(gmail|googlemail)\\.com$')", "true"),
        ("regexp_extract('a1b22', '(\\d\\d)', 1)", "22"),
        ("date_diff('day', DATE '2026-11-01', DATE '2026-11-28')", "27"),
        ("date_trunc('hour', TIMESTAMP '2026-11-28 09:05:07')", "2026-11-28 09:00:00.000"),
        ("DATE '2026-11-28' - INTERVAL '1' DAY = TIMESTAMP '2026-11-27 00:00:00'", "true"),
        ("try_cast('x' AS bigint)", None),
        ("1e0 / 3", "0.3333333333333333"),
        ("'_x' LIKE '\\_%' ESCAPE '\\'", "true"),
        ("greatest(1, 2)", "2"),
        ("round(33.335e0, 1)", "33.3"),
        ("concat('a', 'b') || 'c'", "abc"),
    ],
)
def test_a_function_of_trinos_is_one_of_duckdbs(expression: str, expected: str | None) -> None:
    """With what Trino answers, written as Athena writes it."""
    assert ask(f"SELECT {expression} AS x")[1] == [[expected]]


@pytest.mark.parametrize(
    ("query", "columns", "rows"),
    [
        (
            "SELECT a, one FROM (VALUES (1, ARRAY['x', 'y']), (2, ARRAY[])) AS t (a, many) "
            "CROSS JOIN UNNEST(many) AS u (one) ORDER BY 2",
            ["a", "one"],
            [["1", "x"], ["1", "y"]],
        ),
        (
            "SELECT max_by(k, v), min_by(k, v), count(*), count_if(v > 1), approx_distinct(k), bool_or(v > 1), "
            "sum(v) AS total FROM (VALUES ('a', 1), ('b', 2)) AS t (k, v)",
            ["_col0", "_col1", "_col2", "_col3", "_col4", "_col5", "total"],
            [["b", "a", "2", "1", "2", "true", "3"]],
        ),
        ("SELECT 1 UNION ALL SELECT 2", ["_col0"], [["1"], ["2"]]),
        (
            "WITH t AS (SELECT 1 AS a, NULL AS b) SELECT t.a, b, row_number() OVER (ORDER BY a) FROM t",
            ["a", "b", "_col2"],
            [["1", None, "1"]],
        ),
        ("SELECT x FROM (VALUES 2, NULL, 1) AS t (x) ORDER BY x DESC", ["x"], [["2"], ["1"], [None]]),
    ],
)
def test_a_query_has_trinos_names_and_order(
    query: str, columns: list[str], rows: list[list[str | None]]
) -> None:
    """What has no name is called by its place; nulls come last."""
    assert ask(query) == (columns, rows)


@pytest.mark.parametrize(
    ("query", "tables"),
    [
        ("SELECT 1", ()),
        ("SELECT * FROM Events", (("", "events"),)),
        (
            "WITH e AS (SELECT * FROM d.events) SELECT * FROM e JOIN other ON true",
            (("", "other"), ("d", "events")),
        ),
        ('SELECT * FROM "AwsDataCatalog"."d"."t"', (("d", "t"),)),
        ("SELECT * FROM t CROSS JOIN UNNEST(t.a) AS u (x)", (("", "t"),)),
    ],
)
def test_the_tables_of_a_query_are_known(query: str, tables: tuple[tuple[str, str], ...]) -> None:
    """Those of Glue, not those that the query makes."""
    found = sql.translate(query)
    assert found is not None
    assert found.tables == tables


def test_what_is_no_select_is_not_translated() -> None:
    """It is the emulator's to do."""
    assert sql.translate("SHOW TABLES") is None


@pytest.mark.parametrize("query", ["SELEC 1", "SELECT FROM WHERE", "SELECT 1; SELECT 2", ""])
def test_what_cannot_be_read_says_so(query: str) -> None:
    """And nothing but BadQuery escapes."""
    with pytest.raises(sql.BadQuery):
        sql.translate(query)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None), (True, "true"), (1, "1"), (Decimal("1.50"), "1.50"), (0.1, "0.1"), (1e7, "1.0E7"),
        (123456789.0, "1.23456789E8"), (1e-4, "1.0E-4"), (0.0, "0.0"), (-2.5, "-2.5"), (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"), (date(2026, 11, 28), "2026-11-28"), ([1, None, "x"], "[1, null, x]"),
        (datetime(2026, 11, 28, 1, 2, 3), "2026-11-28 01:02:03.000"), ({"a": [True]}, "{a=[true]}"),
        (datetime(2026, 11, 28, 1, 2, 3, 45000, tzinfo=UTC), "2026-11-28 01:02:03.045 UTC"), (b"\x01\xff", "01 ff"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_athena_writes_it(value: Any, text: str | None) -> None:
    """Numbers as Java does, times with milliseconds."""
    assert answers.text(value) == text


@pytest.mark.parametrize(
    ("duckdb_type", "name"),
    [
        ("VARCHAR", "varchar"), ("BIGINT", "bigint"), ("HUGEINT", "bigint"), ("DECIMAL(10,2)", "decimal"),
        ("TIMESTAMP WITH TIME ZONE", "timestamp with time zone"), ("INTEGER[]", "array"),
        ("STRUCT(a INTEGER)", "row"), ("MAP(VARCHAR, INTEGER)", "map"), ("UUID", "varchar"),
    ],
)  # fmt: skip
def test_a_type_has_athenas_name(duckdb_type: str, name: str) -> None:
    """In the answer's metadata."""
    assert answers.name_of(duckdb_type) == name
