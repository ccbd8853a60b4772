"""Athena of the local cloud over an archive as Firehose leaves it: gzip, JSON lines, partitions by projection."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.local.conftest import Hands

pytestmark = pytest.mark.integration

BUCKET = "archive-of-athena"
TODAY = datetime.now(UTC).date()


def ses(kind: str, message: str, at: str, *recipients: str, **more: Any) -> dict[str, Any]:
    """An event of SES as EventBridge hands it on."""
    detail = {
        "eventType": kind,
        "mail": {"messageId": message, "destination": list(recipients), "timestamp": at},
    }
    return {"id": f"{message}-{kind}", "detail-type": f"Email {kind}", "Detail": {**detail, **more}}


def bounced(*recipients: str) -> dict[str, Any]:
    told = [{"emailAddress": one, "diagnosticCode": "smtp; 550 no"} for one in recipients]
    return {"bounceType": "Permanent", "timestamp": "2026-11-27T10:00:02.000Z", "bouncedRecipients": told}


EVENTS = [
    ses("Send", "m1", "2026-11-27T10:00:00.000Z", "a@gmail.com", "b@far.example"),
    ses(
        "Delivery", "m1", "2026-11-27T10:00:00.000Z", "a@gmail.com", delivery={"recipients": ["a@gmail.com"]}
    ),
    ses("Bounce", "m1", "2026-11-27T10:00:00.000Z", "b@far.example", bounce=bounced("b@far.example")),
    ses("Send", "m2", "2026-11-27T11:00:00.000Z", "c@gmail.com"),
]
COLUMNS = [
    {"Name": "id", "Type": "string"},
    {"Name": "detail_type", "Type": "string"},
    {"Name": "detail", "Type": "string"},
    {"Name": "event_timestamp", "Type": "bigint"},
    {"Name": "facets", "Type": "struct<mail:struct<destination:array<string>>,parts:map<string,int>>"},
]
# Of our saved queries, what is not everybody's SQL.
TOLD = """
WITH told AS (
  SELECT
    json_extract_scalar(detail, '$.mail.messageId') AS message_id,
    coalesce(
      CAST(json_extract(detail, '$.delivery.recipients') AS array(varchar)),
      transform(CAST(json_extract(detail, '$.bounce.bouncedRecipients') AS array(json)), r -> json_extract_scalar(r, '$.emailAddress')),
      CAST(json_extract(detail, '$.mail.destination') AS array(varchar))
    ) AS recipients,
    lower(json_extract_scalar(detail, '$.eventType')) AS status,
    from_iso8601_timestamp(json_extract_scalar(detail, '$.mail.timestamp')) AS at
  FROM events
  WHERE source = 'ses' AND day >= date_format(current_date - INTERVAL '7' DAY, '%Y-%m-%d')
), each AS (
  SELECT message_id, recipient, status, at FROM told CROSS JOIN UNNEST(recipients) AS one (recipient)
)
"""


@pytest.fixture(scope="module")
def athena(hands: Hands) -> Any:
    """A client, with a database whose table `events` is the archive, and a workgroup that enforces its place."""
    s3, glue, client = hands.client("s3"), hands.client("glue"), hands.client("athena")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    def put(source: str, day: str, *lines: str, name: str = "1.gz") -> None:
        body = gzip.compress(("\n".join(lines) + "\n").encode())
        s3.put_object(Bucket=BUCKET, Key=f"events/source={source}/day={day}/{name}", Body=body)

    lines = [json.dumps(event) for event in EVENTS]
    put("ses", str(TODAY), *lines[:2], "no JSON", *lines[2:])
    put("ses", str(TODAY - timedelta(days=1)), json.dumps({"id": "yesterday", "detail": "text"}))
    put("ses", str(TODAY - timedelta(days=400)), json.dumps({"id": "too old"}))
    put("fax", str(TODAY), json.dumps({"id": "no such source"}))
    facets = {"Mail": {"Destination": ["x@y.example"], "more": 1}, "parts": {"a": 1}}
    put("pinpoint", str(TODAY), json.dumps({"id": "p", "event_timestamp": 1795822651343, "facets": facets}))
    glue.create_database(DatabaseInput={"Name": "archive"})
    projection = {
        "classification": "json",
        "projection.enabled": "true",
        "projection.source.type": "enum",
        "projection.source.values": "ses,pinpoint",
        "projection.day.type": "date",
        "projection.day.format": "yyyy-MM-dd",
        "projection.day.range": "NOW-90DAYS,NOW",
        "storage.location.template": f"s3://{BUCKET}/events/source=${{source}}/day=${{day}}/",
    }
    serde = {
        "SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe",
        "Parameters": {"ignore.malformed.json": "true", "mapping.detail_type": "detail-type"},
    }
    table = {"Columns": COLUMNS, "Location": f"s3://{BUCKET}/events/", "SerdeInfo": serde}
    keys = [{"Name": "source", "Type": "string"}, {"Name": "day", "Type": "string"}]
    made = {"Name": "events", "StorageDescriptor": table, "PartitionKeys": keys, "Parameters": projection}
    glue.create_table(DatabaseName="archive", TableInput=made)
    result = {"OutputLocation": f"s3://{BUCKET}/answers/"}
    client.create_work_group(Name="own", Configuration={"ResultConfiguration": result})
    return client


def run(hands: Hands, athena: Any, query: str, **more: Any) -> dict[str, Any]:
    """A query's execution, once it is over."""
    asked = {
        "QueryString": query,
        "QueryExecutionContext": {"Database": "archive"},
        "WorkGroup": "own",
        **more,
    }
    identity = athena.start_query_execution(**asked)["QueryExecutionId"]

    def over() -> dict[str, Any] | None:
        found = athena.get_query_execution(QueryExecutionId=identity)["QueryExecution"]
        return found if found["Status"]["State"] in ("SUCCEEDED", "FAILED") else None

    found: dict[str, Any] = hands.until(over)
    return found


def answer(hands: Hands, athena: Any, query: str) -> list[list[str | None]]:
    """A query's answer, the names of its columns first."""
    execution = run(hands, athena, query)
    assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
    found = athena.get_query_results(QueryExecutionId=execution["QueryExecutionId"])["ResultSet"]["Rows"]
    return [[one.get("VarCharValue") for one in row["Data"]] for row in found]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            TOLD  # noqa: S608 - nothing of it comes from elsewhere
            + "SELECT message_id, recipient, max_by(status, at) AS status FROM each GROUP BY 1, 2 ORDER BY 1, 2",
            [
                ["message_id", "recipient", "status"],
                ["m1", "a@gmail.com", "send"],
                ["m1", "b@far.example", "send"],
                ["m2", "c@gmail.com", "send"],
            ],
        ),
        (
            TOLD  # noqa: S608 - nothing of it comes from elsewhere
            + """SELECT split_part(recipient, '@', 2) AS provider, count(*), count_if(status = 'bounce') AS bounced,
              round(100e0 * count_if(status = 'delivery') / count(*), 2) AS delivered
            FROM each GROUP BY 1 ORDER BY 2 DESC""",
            [
                ["provider", "_col1", "bounced", "delivered"],
                ["gmail.com", "3", "0", "33.33"],
                ["far.example", "2", "1", "0.0"],
            ],
        ),
        (
            "SELECT count(*), approx_distinct(id), arbitrary(source) FROM events WHERE source = 'ses'",
            [["_col0", "_col1", "_col2"], ["6", "5", "ses"]],  # one line was no JSON: a row of nulls
        ),
        (
            "SELECT DISTINCT source FROM archive.events WHERE id IS NOT NULL ORDER BY 1",
            [["source"], ["pinpoint"], ["ses"]],
        ),
        ("SELECT id FROM events WHERE id IN ('too old', 'no such source')", [["id"]]),
        ("SELECT detail FROM events WHERE id = 'yesterday'", [["detail"], ["text"]]),
        ("SELECT detail_type FROM events WHERE id = 'm2-Send'", [["detail_type"], ["Email Send"]]),
        (
            "SELECT facets.mail.destination[1] AS first, facets.parts['a'] AS a, facets, event_timestamp "
            "FROM AwsDataCatalog.archive.events WHERE source = 'pinpoint'",
            [
                ["first", "a", "facets", "event_timestamp"],
                ["x@y.example", "1", "{mail={destination=[x@y.example]}, parts={a=1}}", "1795822651343"],
            ],
        ),
        (
            "SELECT from_iso8601_timestamp('2026-11-27T10:00:00.123Z') AS at, from_unixtime(0) AS zero, "
            "date_format(TIMESTAMP '2026-11-27 09:05:00', '%Y-%m-%d %H:%i') AS shown, true AS yes, NULL AS none",
            [
                ["at", "zero", "shown", "yes", "none"],
                ["2026-11-27 10:00:00.123 UTC", "1970-01-01 00:00:00.000 UTC", "2026-11-27 09:05", "true", None],
            ],
        ),
    ],
)  # fmt: skip
def test_a_query_in_trinos_sql_is_answered(
    hands: Hands, athena: Any, query: str, expected: list[list[str | None]]
) -> None:
    """Its functions, its names of columns, its way to write values; only partitions that are projected."""
    assert answer(hands, athena, query) == expected


def test_the_answer_is_a_file_where_the_workgroup_says(hands: Hands, athena: Any) -> None:
    """Every value in quotes; another place in the call does not count, where the workgroup enforces its own."""
    elsewhere = {"OutputLocation": f"s3://{BUCKET}/elsewhere/"}
    execution = run(hands, athena, "SELECT 'a \"b\"' AS x, NULL AS y", ResultConfiguration=elsewhere)
    where = execution["ResultConfiguration"]["OutputLocation"]
    assert where == f"s3://{BUCKET}/answers/{execution['QueryExecutionId']}.csv"
    body = (
        hands.client("s3").get_object(Bucket=BUCKET, Key=where.removeprefix(f"s3://{BUCKET}/"))["Body"].read()
    )
    assert body == b'"x","y"\n"a ""b""",\n'
    assert list(csv.reader(io.StringIO(body.decode()))) == [["x", "y"], ['a "b"', ""]]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELEC 1", "SYNTAX_ERROR"),
        ("SELECT * FROM nothing", "Table 'awsdatacatalog.archive.nothing' does not exist"),
        ("SELECT nothing FROM events", "nothing"),
    ],
)
def test_a_query_that_cannot_be_answered_fails_with_the_reason(
    hands: Hands, athena: Any, query: str, reason: str
) -> None:
    """In the execution's status, as in Athena."""
    status = run(hands, athena, query)["Status"]
    assert status["State"] == "FAILED"
    assert reason in status["StateChangeReason"]


def test_a_workgroup_is_one_that_there_is(athena: Any) -> None:
    """And that is not switched off."""
    with pytest.raises(ClientError, match="is not found"):
        athena.start_query_execution(QueryString="SELECT 1", WorkGroup="other")
    athena.update_work_group(WorkGroup="own", State="DISABLED")
    with pytest.raises(ClientError, match="is disabled"):
        athena.start_query_execution(QueryString="SELECT 1", WorkGroup="own")
    athena.update_work_group(WorkGroup="own", State="ENABLED")
