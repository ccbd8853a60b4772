"""No answer of a local cloud is lost on its way to a client that ends the connection early."""

from __future__ import annotations

import re
import socket
from concurrent.futures import ThreadPoolExecutor

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from mailroom.local.cloud import LocalCloud

CONNECTIONS, CALLS = 16, 25
GO_READS = 4096
"""How much Go's net/http reads of a connection at a time."""


def creation(cloud: LocalCloud, topic: str) -> bytes:
    """A signed call that makes a topic, as it goes over the wire."""
    body = f"Action=CreateTopic&Name={topic}&Version=2010-03-31".encode()
    request = AWSRequest("POST", cloud.aws + "/", data=body)
    request.headers["Content-Type"] = "application/x-www-form-urlencoded"
    request.headers["Host"] = cloud.aws.rpartition("/")[2]
    SigV4Auth(Credentials(cloud.root_key, cloud.root_key), "sns", cloud.region).add_auth(request)
    head = "".join(f"{name}: {value}\r\n" for name, value in request.prepare().headers.items())
    return f"POST / HTTP/1.1\r\n{head}\r\n".encode() + body


def first_reads(cloud: LocalCloud, connection: int) -> list[bytes]:
    """Make topics by one connection; of each answer, what the first read of it got."""
    host, _, port = cloud.aws.rpartition("/")[2].partition(":")
    got = []
    with socket.create_connection((host, int(port)), timeout=30) as sock:
        for number in range(CALLS):
            sock.sendall(creation(cloud, f"topic-{connection}-{number}"))
            got.append(sock.recv(GO_READS))
    return got


def test_who_has_the_head_of_an_answer_has_all_of_it(own: LocalCloud) -> None:
    """The AWS SDK for Go, answered faster than it looks for it, closes the connection once it has the head:
    by many connections at once, each call's answer is whole in the first read."""
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        found = [
            one for many in pool.map(lambda at: first_reads(own, at), range(CONNECTIONS)) for one in many
        ]
    assert len(found) == CONNECTIONS * CALLS
    for answer in found:
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), answer
        length = re.search(rb"(?i)content-length: (\d+)", head)
        assert length
        assert int(length[1]) == len(body) > 0
