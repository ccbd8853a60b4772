"""What IAM is asked for the services of `status`: a right that lacks is refused, as in AWS, and how much a table
answers at once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.local.conftest import Hands

pytestmark = pytest.mark.integration

REGION = "eu-west-1"


class Person:
    """An IAM user whose one policy is what it is told to be."""

    def __init__(self, hands: Hands) -> None:
        self.hands, self.name = hands, f"u-{uuid.uuid4().hex[:8]}"
        hands.client("iam").create_user(UserName=self.name)
        self.key = hands.client("iam").create_access_key(UserName=self.name)["AccessKey"]

    def client(self, service: str) -> Any:
        return self.hands.client(service, self.key["AccessKeyId"], self.key["SecretAccessKey"])

    def may(self, *allowed: tuple[str, str]) -> None:
        """Let the user do these actions on these resources, and no others."""
        statements = [{"Effect": "Allow", "Action": action, "Resource": on} for action, on in allowed]
        document = self.hands.document(*statements)
        self.hands.client("iam").put_user_policy(UserName=self.name, PolicyName="p", PolicyDocument=document)

    def needs(self, call: Callable[[], Any], *rights: tuple[str, str]) -> None:
        """A call goes well with all these rights, and with none of them left out."""
        for missing in rights:
            self.may(("sts:GetCallerIdentity", "*"), *(right for right in rights if right != missing))
            with pytest.raises(ClientError) as caught:
                call()
            problem = caught.value.response["Error"]
            assert "AccessDenied" in problem["Code"], problem
            assert missing[0] in problem["Message"], problem
        self.may(*rights)
        call()


@pytest.fixture
def person(hands: Hands) -> Person:
    return Person(hands)


@pytest.fixture(scope="module")
def table(hands: Hands) -> dict[str, str]:
    """A table with an index and a customer key: the ARNs of all three."""
    key = hands.client("kms").create_key()["KeyMetadata"]["Arn"]
    names = ("k", "r", "s")
    made = hands.client("dynamodb").create_table(
        TableName="secret",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_s",
                "KeySchema": [{"AttributeName": "s", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
    )["TableDescription"]
    return {"table": made["TableArn"], "index": f"{made['TableArn']}/index/by_s", "key": key}


def test_an_index_is_a_resource_of_its_own(person: Person, table: dict[str, str]) -> None:
    """Query on a table's ARN does not let anybody query its indexes; the key is needed with either."""
    tables = person.client("dynamodb")
    asked = {"TableName": "secret", "ExpressionAttributeValues": {":v": {"S": "x"}}}
    by_index = {**asked, "IndexName": "by_s", "KeyConditionExpression": "s = :v"}
    decrypt = ("kms:Decrypt", table["key"])
    person.needs(lambda: tables.query(**by_index), ("dynamodb:Query", table["index"]), decrypt)
    by_key = {**asked, "KeyConditionExpression": "k = :v"}
    person.needs(lambda: tables.query(**by_key), ("dynamodb:Query", table["table"]), decrypt)


def test_items_need_the_tables_key(person: Person, table: dict[str, str]) -> None:
    """To read and to write them."""
    tables, decrypt = person.client("dynamodb"), ("kms:Decrypt", table["key"])
    item = {"k": {"S": "1"}, "r": {"S": "1"}}
    put = ("dynamodb:PutItem", table["table"])
    person.needs(lambda: tables.put_item(TableName="secret", Item=item), put, decrypt)
    batch = {"secret": {"Keys": [item], "ConsistentRead": True}}
    get = ("dynamodb:BatchGetItem", table["table"])
    person.needs(lambda: tables.batch_get_item(RequestItems=batch), get, decrypt)


def test_glue_asks_for_all_that_a_table_is_in(hands: Hands, person: Person) -> None:
    """The catalog and the database with the table; the catalog with a database."""
    glue = hands.client("glue")
    glue.create_database(DatabaseInput={"Name": "d"})
    glue.create_table(DatabaseName="d", TableInput={"Name": "t"})
    middle = f"arn:aws:glue:{REGION}:{hands.account}"
    mine = person.client("glue")
    action = "glue:GetTable"
    person.needs(
        lambda: mine.get_table(DatabaseName="d", Name="t"),
        (action, f"{middle}:table/d/t"),
        (action, f"{middle}:database/d"),
        (action, f"{middle}:catalog"),
    )
    person.needs(
        lambda: mine.get_database(Name="d"),
        ("glue:GetDatabase", f"{middle}:database/d"),
        ("glue:GetDatabase", f"{middle}:catalog"),
    )


def test_a_query_is_its_workgroups(hands: Hands, person: Person) -> None:
    """Asked for by its id, too; and what a workgroup is made by."""
    athena = hands.client("athena")
    hands.client("s3").create_bucket(
        Bucket="answers-of-iam", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    result = {"ResultConfiguration": {"OutputLocation": "s3://answers-of-iam/"}}
    athena.create_work_group(Name="g", Configuration=result)
    group = f"arn:aws:athena:{REGION}:{hands.account}:workgroup"
    mine = person.client("athena")
    query = {"QueryString": "SELECT 1", "WorkGroup": "g"}
    person.needs(lambda: mine.start_query_execution(**query), ("athena:StartQueryExecution", f"{group}/g"))
    identity = athena.start_query_execution(**query)["QueryExecutionId"]
    person.needs(
        lambda: mine.get_query_execution(QueryExecutionId=identity),
        ("athena:GetQueryExecution", f"{group}/g"),
    )
    named = athena.create_named_query(Name="n", Database="d", QueryString="SELECT 1", WorkGroup="g")
    person.needs(
        lambda: mine.get_named_query(NamedQueryId=named["NamedQueryId"]),
        ("athena:GetNamedQuery", f"{group}/g"),
    )
    person.needs(lambda: mine.create_work_group(Name="other"), ("athena:CreateWorkGroup", f"{group}/other"))


def test_metrics_have_no_resource_and_dashboards_have(hands: Hands, person: Person) -> None:
    """In the protocol that boto3 speaks."""
    watch = person.client("cloudwatch")
    now = datetime.now(UTC)
    stat = {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
    asked = {
        "MetricDataQueries": [{"Id": "m", "MetricStat": stat}],
        "StartTime": now - timedelta(hours=1),
        "EndTime": now,
    }
    person.needs(lambda: watch.get_metric_data(**asked), ("cloudwatch:GetMetricData", "*"))
    body = json.dumps({"widgets": []})
    dashboard = f"arn:aws:cloudwatch::{hands.account}:dashboard/d"
    person.needs(
        lambda: watch.put_dashboard(DashboardName="d", DashboardBody=body),
        ("cloudwatch:PutDashboard", dashboard),
    )


def test_who_gives_api_gateway_a_role_must_be_able_to_pass_it(hands: Hands, person: Person) -> None:
    """iam:PassRole, as for every service."""
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    iam = hands.client("iam")
    role = iam.create_role(RoleName="logs", AssumeRolePolicyDocument=hands.document(trust))["Role"]["Arn"]
    write = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    iam.put_role_policy(RoleName="logs", PolicyName="p", PolicyDocument=hands.document(write))
    change = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}]
    gateway = person.client("apigateway")
    person.needs(
        lambda: gateway.update_account(patchOperations=change),
        ("apigateway:PATCH", f"arn:aws:apigateway:{REGION}::/account"),
        ("iam:PassRole", role),
    )


def test_a_table_answers_so_much_at_once(hands: Hands) -> None:
    """1 MB of a query, 16 MB of a batch: who wants the rest asks again, and gets all of it once."""
    tables = hands.client("dynamodb")
    tables.create_table(
        TableName="large",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("k", "r")],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}],
    )
    keys = [{"k": {"S": "1"}, "r": {"S": f"{number:02d}"}} for number in range(50)]
    for key in keys:
        tables.put_item(TableName="large", Item={**key, "blob": {"S": "x" * 390_000}})
    asked: dict[str, Any] = {
        "TableName": "large",
        "KeyConditionExpression": "k = :k",
        "ExpressionAttributeValues": {":k": {"S": "1"}},
    }
    first = tables.query(**asked)
    assert (len(first["Items"]), first["LastEvaluatedKey"]["r"]["S"]) == (2, "01")
    pages = tables.get_paginator("query").paginate(**asked)
    assert [item["r"]["S"] for page in pages for item in page["Items"]] == [key["r"]["S"] for key in keys]
    wanted: dict[str, Any] = {"large": {"Keys": keys}}
    got: list[str] = []
    rounds = 0
    while wanted:
        answer = tables.batch_get_item(RequestItems=wanted)
        got += [item["r"]["S"] for item in answer["Responses"]["large"]]
        wanted = answer["UnprocessedKeys"]
        rounds += 1
    assert (sorted(got), rounds) == ([key["r"]["S"] for key in keys], 2)
    with pytest.raises(tables.exceptions.ResourceNotFoundException):
        tables.batch_get_item(RequestItems={"nothing": {"Keys": [keys[0]]}})


def test_a_boundary_may_ask_for_a_key_s_tags(hands: Hands, person: Person) -> None:
    """Where no policy of the principal does."""
    kms, iam = hands.client("kms"), hands.client("iam")
    keys = [kms.create_key(Tags=[{"TagKey": "e", "TagValue": value}])["KeyMetadata"]["Arn"] for value in "ab"]
    tagged = {"StringEquals": {"aws:ResourceTag/e": "a"}}
    most = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Condition": tagged}
    boundary = iam.create_policy(PolicyName="most", PolicyDocument=hands.document(most))["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName=person.name, PermissionsBoundary=boundary)
    person.may(("kms:*", "*"))
    person.client("kms").generate_data_key(KeyId=keys[0], KeySpec="AES_256")
    with pytest.raises(ClientError, match="not authorized to perform: kms:GenerateDataKey"):
        person.client("kms").generate_data_key(KeyId=keys[1], KeySpec="AES_256")
