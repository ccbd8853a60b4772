"""No answer of a local cloud is lost on its way to a client that ends the connection early, as the AWS SDK for Go
does, which is answered faster than it looks for it."""

from __future__ import annotations

import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from mailroom.local.cloud import LocalCloud

CONNECTIONS, CALLS = 16, 25
GO_READS = 4096
"""How much Go's net/http reads of a connection at a time."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CREATE_TABLE = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.CreateTable"}
INDEXES = [f"index-{number}" for number in range(15)]
TABLE = {
    "TableName": "large",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "key", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "key", "KeyType": "HASH"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": index,
            "KeySchema": [{"AttributeName": "key", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
        for index in INDEXES
    ],
}


def signed(cloud: LocalCloud, service: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A signed POST, as it goes over the wire."""
    request = AWSRequest("POST", cloud.aws + "/", data=body, headers=headers)
    request.headers["Host"] = cloud.aws.rpartition("/")[2]
    SigV4Auth(Credentials(cloud.root_key, cloud.root_key), service, cloud.region).add_auth(request)
    head = "".join(f"{name}: {value}\r\n" for name, value in request.prepare().headers.items())
    return f"POST / HTTP/1.1\r\n{head}\r\n".encode() + body


def connected(cloud: LocalCloud) -> socket.socket:
    host, _, port = cloud.aws.rpartition("/")[2].partition(":")
    return socket.create_connection((host, int(port)), timeout=30)


def first_reads(cloud: LocalCloud, connection: int) -> list[bytes]:
    """Make topics by one connection; of each answer, what the first read of it got."""
    got = []
    with connected(cloud) as sock:
        for number in range(CALLS):
            body = f"Action=CreateTopic&Name=topic-{connection}-{number}&Version=2010-03-31".encode()
            sock.sendall(signed(cloud, "sns", body, FORM))
            got.append(sock.recv(GO_READS))
    return got


def missing(answer: bytes) -> int:
    """How many bytes of the body of an answer, which was a success, are missing."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), answer
    length = re.search(rb"(?i)content-length: (\d+)", head)
    assert length
    return int(length[1]) - len(body)


def test_who_has_the_head_of_an_answer_has_all_of_it(own: LocalCloud) -> None:
    """By many connections at once, each call's answer is whole in the first read."""
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        found = [
            one for many in pool.map(lambda at: first_reads(own, at), range(CONNECTIONS)) for one in many
        ]
    assert [missing(answer) for answer in found] == [0] * CONNECTIONS * CALLS


def test_what_was_lost_of_a_large_answer_is_given_to_the_next_attempt(own: LocalCloud) -> None:
    """A table whose answer was lost does not "already exist" for the SDK's second attempt to make it."""
    agent = "terraform-provider-aws/5.100.0 aws-sdk-go-v2/1.36.3"
    for attempt in (1, 2):
        numbers = {"Amz-Sdk-Invocation-Id": "one", "Amz-Sdk-Request": f"attempt={attempt}; max=25"}
        call = signed(
            own, "dynamodb", json.dumps(TABLE).encode(), {**CREATE_TABLE, **numbers, "User-Agent": agent}
        )
        with connected(own) as sock:
            sock.sendall(call)
            answer = sock.recv(GO_READS)
            assert missing(answer) > 0
            while attempt == 2 and missing(answer):
                answer += sock.recv(GO_READS) or pytest.fail("the answer ends early")
    described = json.loads(answer.partition(b"\r\n\r\n")[2])["TableDescription"]
    assert [index["IndexName"] for index in described["GlobalSecondaryIndexes"]] == INDEXES
