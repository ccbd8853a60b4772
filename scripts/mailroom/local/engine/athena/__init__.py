"""Athena over JSON lines: Hive's types, the JSON SerDe, partition projection, Trino's SQL for DuckDB."""
