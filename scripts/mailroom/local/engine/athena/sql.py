"""Trino's SQL, which Athena speaks, for DuckDB. sqlglot reads the one and writes the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MACROS = (
    "CREATE TEMP MACRO trino_json(text, path) AS json_extract(TRY_CAST(text AS JSON), path)",
    "CREATE TEMP MACRO trino_scalar(text, path) AS CASE WHEN json_type(TRY_CAST(text AS JSON), path) IN "
    "('OBJECT', 'ARRAY') THEN NULL ELSE json_extract_string(TRY_CAST(text AS JSON), path) END",
)
"""What a DuckDB needs for translated queries: Trino finds nothing in what is no JSON, where DuckDB fails, and
no scalar where an object is."""


class BadQuery(Exception):
    """A query that cannot be read, in Athena's words."""


@dataclass(frozen=True)
class Translated:
    """A query for DuckDB, and the tables that it reads: database (or "") and name, in lower case."""

    sql: str
    tables: tuple[tuple[str, str], ...]


def translate(query: str) -> Translated | None:
    """A SELECT in DuckDB's words; None for any other statement. Raises BadQuery.

    What has no name in the answer is `_col0`, `_col1` by its place, as Trino calls it; a table's catalog is
    Glue's, whatever it is called.
    """
    import sqlglot
    from sqlglot import expressions as exp
    from sqlglot.errors import SqlglotError

    try:
        statements = [one for one in sqlglot.parse(query, read="athena") if one is not None]
    except SqlglotError as problem:
        raise BadQuery(f"SYNTAX_ERROR: {str(problem).splitlines()[0]}") from problem
    if len(statements) != 1:
        raise BadQuery("Only one sql statement is allowed.")
    tree = statements[0]
    if not isinstance(tree, exp.Query):
        return None
    made = {one.alias_or_name.lower() for one in tree.find_all(exp.CTE)}
    tables = set()
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or (not table.db and table.name.lower() in made):
            continue
        tables.add((table.db.lower(), table.name.lower()))
        table.set("catalog", None)
    for at, column in enumerate(tree.selects):
        if not isinstance(column, exp.Alias | exp.Column | exp.Dot | exp.Star):
            column.replace(exp.alias_(column.copy(), f"_col{at}"))
    tree = tree.transform(_as_trino_does)
    return Translated(tree.sql(dialect="duckdb", comments=False), tuple(sorted(tables)))


def _as_trino_does(node: Any) -> Any:
    """Functions of JSON by the macros."""
    from sqlglot import expressions as exp

    if isinstance(node, exp.JSONExtractScalar):
        return exp.Anonymous(this="trino_scalar", expressions=[node.this, node.expression])
    if isinstance(node, exp.JSONExtract):
        return exp.Anonymous(this="trino_json", expressions=[node.this, node.expression])
    return node
