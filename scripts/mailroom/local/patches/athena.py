"""Athena answers questions in Trino's SQL over JSON lines, from the partitions that a table projects.

The emulator gives queries to DuckDB as they are, with types that it guesses from the files: other functions,
other column names, no table where there is no file yet. A workgroup's own place for answers did not count.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from ..engine.athena import answers, hive, json_lines, projection, sql
from .patch import Patch

KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"
Answer = tuple[int, dict[str, Any], bytes]


def _start(original: Callable[[dict[str, Any]], Answer]) -> Callable[[dict[str, Any]], Answer]:
    def _start_query_execution(data: dict[str, Any]) -> Answer:
        from ministack.core.responses import error_response_json
        from ministack.services import athena

        name = data.get("WorkGroup") or "primary"
        group, settings = athena._workgroups.get(name), _settings(name)
        words = "" if group else f"WorkGroup {name} is not found."
        if group and group.get("State", "ENABLED") == "DISABLED":
            words = f"WorkGroup {name} is disabled."
        if words:
            refused: Answer = error_response_json("InvalidRequestException", words, 400)
            return refused
        own = (settings.get("ResultConfiguration") or {}).get("OutputLocation")
        if own and settings.get("EnforceWorkGroupConfiguration", True):
            data = {member: value for member, value in data.items() if member != "ResultConfiguration"}
        status, headers, body = original(data)
        if status == 200:
            execution = athena._executions[json.loads(body)["QueryExecutionId"]]
            asked = (data.get("ResultConfiguration") or {}).get("OutputLocation") or own or ""
            where = f"{asked.rstrip('/')}/{execution['QueryExecutionId']}.csv"
            execution["ResultConfiguration"]["OutputLocation"] = where
        return status, headers, body

    return _start_query_execution


def _settings(group: str) -> dict[str, Any]:
    from ministack.services import athena

    found: dict[str, Any] = (athena._workgroups.get(group) or {}).get("Configuration") or {}
    return found


def _run(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def _run_duckdb(query: str, database: str, catalog: str | None = None) -> Any:
        if (catalog or "").lower().startswith("s3tablescatalog/"):
            return await original(query, database, catalog)
        asked = sql.translate(query)
        if asked is None:
            return await original(query, database, catalog)
        return await asyncio.to_thread(_answer, asked, (database or "default").lower())

    return _run_duckdb


def _answer(asked: sql.Translated, database: str) -> dict[str, Any]:
    """Run a query in a DuckDB of its own, which has the query's tables and sees nothing else."""
    import duckdb

    work = tempfile.mkdtemp(prefix="mailroom-athena-")
    connection = duckdb.connect(":memory:")
    try:
        for statement in ("SET TimeZone = 'UTC'", *sql.MACROS):
            connection.execute(statement)
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {hive.quoted(database)}")
        for at, (named, table) in enumerate(asked.tables):
            _make(connection, named or database, table, Path(work) / f"{at}.json")
        connection.execute("SET enable_external_access = false")
        connection.execute(f"SET schema = {_text(database)}")
        try:
            found = connection.execute(asked.sql)
        except duckdb.Error as problem:
            raise sql.BadQuery(str(problem)) from problem
        types = [(column[0], str(column[1])) for column in found.description or []]
        rows = [[answers.text(value) for value in row] for row in found.fetchall()]
    finally:
        connection.close()
        shutil.rmtree(work, ignore_errors=True)
    return {
        "columns": [n for n, _ in types],
        "column_types": [answers.name_of(t) for _, t in types],
        "rows": rows,
    }


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _make(connection: Any, database: str, name: str, file: Path) -> None:
    """Make a table of Glue's in DuckDB, with the rows that it has now."""
    from ministack.services import athena, glue

    table = glue._tables.get(f"{database}/{name}")
    if table is None:
        raise sql.BadQuery(f"TABLE_NOT_FOUND: Table 'awsdatacatalog.{database}.{name}' does not exist")
    place = f"{hive.quoted(database)}.{hive.quoted(name)}"
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {hive.quoted(database)}")
    if athena._data_format(table) != "json":
        relation, workdirs = _other_relation(table)
        connection.execute(f"CREATE TABLE {place} AS SELECT * FROM {relation}")  # noqa: S608 - names are quoted
        for folder in workdirs:
            shutil.rmtree(folder, ignore_errors=True)
        return
    columns = _columns(table)
    declared = ", ".join(f"{hive.quoted(one.name)} {one.type.duckdb}" for one in columns)
    connection.execute(f"CREATE TABLE {place} ({declared})")
    with file.open("w", encoding="utf-8") as lines:
        many = sum(lines.write(json.dumps(row, ensure_ascii=False) + "\n") > 0 for row in _rows(table))
    if many:
        types = ", ".join(f"{_text(one.name)}: {_text(one.type.duckdb)}" for one in columns)
        reader = f"read_json({_text(str(file))}, format = 'newline_delimited', columns = {{{types}}})"
        connection.execute(f"INSERT INTO {place} SELECT * FROM {reader}")  # noqa: S608 - names are quoted


def _other_relation(table: dict[str, Any]) -> tuple[str, list[str]]:
    """A table of another format, as the emulator reads it."""
    from ministack.services import athena

    workdirs: list[str] = []
    files = athena._materialize_table_files(table["StorageDescriptor"]["Location"], workdirs)
    relation = athena._table_relation(table, files) if files else athena._empty_relation(table)
    return relation, workdirs


def _columns(table: dict[str, Any]) -> list[json_lines.Column]:
    """A table's columns, its partition keys last."""
    declared = [
        *(table.get("StorageDescriptor") or {}).get("Columns", []),
        *(table.get("PartitionKeys") or []),
    ]
    return [
        json_lines.Column(one["Name"].lower(), hive.parse(one.get("Type") or "string")) for one in declared
    ]


def _rows(table: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All rows of a table of JSON lines, each with the values of its partition."""
    from ministack.services import athena, s3

    storage = table["StorageDescriptor"]
    keys = [one["Name"] for one in table.get("PartitionKeys") or []]
    place = urlparse(storage["Location"])
    bucket, prefix = place.netloc, f"{place.path.strip('/')}/" if place.path.strip("/") else ""
    objects = sorted((s3._buckets.get(bucket) or {"objects": {}})["objects"])
    below = [key for key in objects if key.startswith(prefix) and not athena._hidden(key[len(prefix) :])]
    parameters = (storage.get("SerdeInfo") or {}).get("Parameters") or {}
    columns = _columns(table)[: len(storage.get("Columns") or [])]
    found = projection.placed(below, prefix, keys, table.get("Parameters") or {}, time.time())
    for key, values in found.items():
        data = s3._get_object_data(bucket, key)
        for row in json_lines.rows(data or b"", columns, parameters):
            yield row | {name.lower(): value for name, value in values.items()}


def _save(original: Callable[[str], Awaitable[None]]) -> Callable[[str], Awaitable[None]]:
    async def _save_query_results(query_id: str) -> None:
        from ministack.services import athena, s3

        execution = athena._executions[query_id]
        results, place = execution["_results"], urlparse(execution["ResultConfiguration"]["OutputLocation"])
        encryption = (
            _settings(execution["WorkGroup"])
            .get("ResultConfiguration", {})
            .get("EncryptionConfiguration", {})
        )
        headers = {"content-type": "application/octet-stream"}
        if encryption.get("EncryptionOption") == "SSE_KMS":
            headers |= {"x-amz-server-side-encryption": "aws:kms", KEY_HEADER: encryption.get("KmsKey", "")}
        body = answers.as_csv(results["columns"], results["rows"])
        for key, data in ((place.path.lstrip("/"), body), (f"{place.path.lstrip('/')}.metadata", b"")):
            answer = s3._put_object(place.netloc, key, data, {**headers, "content-length": str(len(data))})
            if answer[0] >= 300:
                raise sql.BadQuery(f"Unable to verify/create output bucket {place.netloc}")

    return _save_query_results


_ATHENA = "ministack.services.athena:"
PATCHES = (
    Patch(
        _ATHENA + "_start_query_execution",
        "any workgroup would do, and a caller's own place for the answer won over an enforced one",
        "405753f7beaf6c7ce347acd958b6993ed8aedc41bb359bdfc1ab6497d41a0b50",
        _start,
    ),
    Patch(
        _ATHENA + "_run_duckdb",
        "queries were not in Trino's SQL, and types were guessed from the files",
        "734c2e91cdac17e05a7d2dd2bcbc90227fddd54033e8274dd6acacb7852f133d",
        _run,
    ),
    Patch(
        _ATHENA + "_save_query_results",
        "answers were not where they are said to be, nor encrypted",
        "4ff2ac770a744f4b2e55a98ff1c5e877220ee2c36018a4ed805d88e6131f60ff",
        _save,
    ),
)
