"""Rows of Athena's tables: Hive's types, the JSON SerDe, partitions."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from mailroom.local.engine.athena import hive
from mailroom.local.engine.athena.json_lines import BadData, Column, rows
from mailroom.local.engine.athena.projection import BadProjection, placed

NOW = datetime(2026, 11, 28, 10, 30, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "duckdb"),
    [
        ("string", "VARCHAR"),
        ("varchar(20)", "VARCHAR"),
        ("BIGINT", "BIGINT"),
        ("decimal(12,2)", "DECIMAL(12, 2)"),
        ("decimal", "DECIMAL(10, 0)"),
        ("array<string>", "VARCHAR[]"),
        ("map<string, int>", "MAP(VARCHAR, INTEGER)"),
        ("struct<A:string,b:array<struct<c:double>>>", 'STRUCT("a" VARCHAR, "b" STRUCT("c" DOUBLE)[])'),
    ],
)
def test_a_type_of_hives_is_one_of_duckdbs(text: str, duckdb: str) -> None:
    """However deep."""
    assert hive.parse(text).duckdb == duckdb


@pytest.mark.parametrize(
    "text", ["", "text", "array", "array<>", "array<string", "map<string>", "struct<a>", "int>"]
)
def test_what_is_no_type_is_refused(text: str) -> None:
    """By name."""
    with pytest.raises(hive.BadType, match="no type of Hive's"):
        hive.parse(text)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("string", {"b": [1, "ü"]}, '{"b":[1,"ü"]}'),
        ("string", True, "true"),
        ("string", 1.5, "1.5"),
        ("string", "s", "s"),
        ("bigint", "12", "12"),
        ("bigint", {"a": 1}, None),
        ("array<string>", ["a", 1, None], ["a", "1", None]),
        ("array<string>", "a", None),
        ("struct<one:string,two:int>", {"ONE": "x", "three": 3}, {"one": "x", "two": None}),
        ("map<string,int>", {"A": 1}, {"A": 1}),
        ("int", None, None),
    ],
)
def test_a_value_becomes_what_its_column_is(text: str, value: Any, expected: Any) -> None:
    """An object is text where text is wanted; what does not fit is nothing."""
    assert hive.parse(text).shaped(value) == expected


COLUMNS = [Column(name, hive.parse("string")) for name in ("id", "detail_type", "a_b")]


def read(*lines: str, zipped: bool = False, **parameters: str) -> list[dict[str, Any]]:
    """The rows of an object of these lines; parameters with `_` for the dots of their names."""
    data = "\n".join(lines).encode()
    named = {name.replace("__", "."): value for name, value in parameters.items()}
    return list(rows(gzip.compress(data) if zipped else data, COLUMNS, named))


@pytest.mark.parametrize("zipped", [False, True])
def test_a_line_is_a_row(zipped: bool) -> None:
    """Compressed or not; names in whatever letters; other names by a mapping; empty lines are none."""
    lines = ['{"ID": "1", "detail-type": "x", "more": 1}', "", '{"id": 2}']
    assert read(*lines, zipped=zipped, mapping__detail_type="detail-type") == [
        {"id": "1", "detail_type": "x", "a_b": None},
        {"id": "2", "detail_type": None, "a_b": None},
    ]


def test_dots_in_names_are_underscores_where_the_table_says_so() -> None:
    """dots.in.keys."""
    assert read('{"a.b": "x"}', dots__in__keys="TRUE")[0]["a_b"] == "x"
    assert read('{"a.b": "x"}')[0]["a_b"] is None


@pytest.mark.parametrize("line", ["no JSON", "[1]", '"text"', '{"id": '])
def test_a_line_that_is_no_object_fails_or_is_a_row_of_nothing(line: str) -> None:
    """ignore.malformed.json decides."""
    with pytest.raises(BadData, match="not a valid JSON Object"):
        read(line)
    assert read(line, ignore__malformed__json="true") == [dict.fromkeys(("id", "detail_type", "a_b"))]


PROJECTION = {
    "projection.enabled": "true",
    "projection.source.type": "enum",
    "projection.source.values": "ses, sms",
    "projection.day.type": "date",
    "projection.day.format": "yyyy/MM/dd",
    "projection.day.range": "NOW-7DAYS,NOW",
    "storage.location.template": "s3://bucket/events/${source}-${day}",
}


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("events/ses-2026/x", None),
        ("events/fax-20261128/x", None),
        ("other/ses-20261128/x", None),
        ("events/ses-20261128/x.gz", {"source": "ses", "day": "20261128"}),
        ("events/ses-20261121/x.gz", {"source": "ses", "day": "20261121"}),
        ("events/ses-20261120/x.gz", None),
        ("events/ses-20261129/x.gz", None),
        ("events/ses-20261128/deep/er.gz", {"source": "ses", "day": "20261128"}),
    ],
)
def test_only_what_is_projected_is_there(key: str, values: dict[str, str] | None) -> None:
    """By template, enum and days from NOW."""
    properties = {**PROJECTION, "projection.day.format": "yyyyMMdd"}
    expected = {} if values is None else {key: values}
    assert placed([key], "events/", ["source", "day"], properties, NOW) == expected


@pytest.mark.parametrize(
    ("about", "value", "there"),
    [
        ({"type": "integer", "range": "0,9"}, "9", True),
        ({"type": "integer", "range": "0,9"}, "10", False),
        ({"type": "integer", "range": "0,9", "digits": "2"}, "09", True),
        ({"type": "integer", "range": "0,9", "digits": "2"}, "9", False),
        ({"type": "integer", "range": "0,9", "interval": "3"}, "4", False),
        ({"type": "integer", "range": "0,9"}, "x", False),
        ({"type": "injected"}, "anything", True),
        ({"type": "date", "format": "yyyy-MM-dd-HH", "range": "NOW-2HOURS,NOW"}, "2026-11-28-08", True),
        ({"type": "date", "format": "yyyy-MM-dd-HH", "range": "NOW-2HOURS,NOW"}, "2026-11-28-07", False),
        ({"type": "date", "format": "yyyy-MM-dd", "range": "2026-01-01,NOW"}, "2026-01-01", True),
        ({"type": "date", "format": "yyyy-MM-dd", "range": "NOW-1YEARS,NOW+1DAYS"}, "2026-11-29", True),
        ({"type": "date", "format": "yyyy-MM", "range": "NOW-3MONTHS,NOW"}, "2026-08", True),
        ({"type": "date", "format": "yyyy-MM", "range": "NOW-3MONTHS,NOW"}, "2026-07", False),
    ],
)
def test_a_projected_key_has_a_type(about: dict[str, str], value: str, there: bool) -> None:
    """Numbers with their digits and steps, times from NOW or from a date, anything."""
    properties = {
        "projection.enabled": "TRUE",
        **{f"projection.k.{name}": text for name, text in about.items()},
    }
    key = f"t/k={value}/x"
    assert (key in placed([key], "t/", ["k"], properties, NOW)) is there


def test_without_projection_folders_are_partitions() -> None:
    """key=value; a table without partition keys has every object."""
    keys = ["t/day=1/a", "t/day=2/deep/b", "t/c"]
    assert placed(keys, "t/", ["day"], {}, NOW) == {keys[0]: {"day": "1"}, keys[1]: {"day": "2"}}
    assert list(placed(keys, "t/", [], {}, NOW)) == keys


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"storage.location.template": "s3://bucket/${source}/"}, "lacks the partition key day"),
        ({"projection.day.type": "dates"}, "projection.day.type is dates"),
        ({"projection.source.type": ""}, "projection.source.type is missing"),
    ],
)
def test_a_projection_that_cannot_be_says_why(wrong: dict[str, str], words: str) -> None:
    """And nothing is answered."""
    with pytest.raises(BadProjection, match=words):
        placed(["events/ses-20261128/x"], "events/", ["source", "day"], {**PROJECTION, **wrong}, NOW)


def test_every_row_is_json_again() -> None:
    """DuckDB reads rows from a file of lines."""
    assert json.loads(json.dumps(read('{"id": "a\\u0000b\\n"}')[0]))["id"] == "a\0b\n"
