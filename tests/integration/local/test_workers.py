"""The workers of a Lambda function: few, shared, and never waiting for themselves."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mailroom.local.patches.lambda_pool import DEFAULT_WORKERS

pytestmark = pytest.mark.integration

WHO = """
import os, time
def handle(event, context):
    print("a line of the log")
    time.sleep(0.02)
    return os.getpid()
"""
CALLS_ITSELF = """
import json, time
import boto3
functions = boto3.client("lambda")
def handle(event, context):
    if event.get("inner"):
        return 1
    time.sleep(1)
    answer = functions.invoke(FunctionName="nested", Payload=json.dumps({"inner": True}))
    return 1 + json.loads(answer["Payload"].read())
"""


def test_many_calls_at_once_share_a_few_workers(hands: Any) -> None:
    """A hundred calls at once: all are answered, by at most so many processes."""
    call = hands.function("who", WHO)
    with ThreadPoolExecutor(100) as many:
        pids = list(many.map(lambda _: call(), range(100)))
    assert all(isinstance(pid, int) for pid in pids), [pid for pid in pids if not isinstance(pid, int)][:1]
    assert len(set(pids)) <= DEFAULT_WORKERS


def test_a_function_that_calls_itself_is_not_waited_for(hands: Any) -> None:
    """All workers busy with calls that each need another one: they get it."""
    everything = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    call = hands.function("nested", CALLS_ITSELF, everything)
    with ThreadPoolExecutor(DEFAULT_WORKERS) as many:
        assert list(many.map(lambda _: call(), range(DEFAULT_WORKERS))) == [2] * DEFAULT_WORKERS


def test_a_reserved_concurrency_still_throttles(hands: Any) -> None:
    """Where a function has a concurrency of its own, calls beyond it are refused, as in AWS, not queued."""
    hands.function("reserved", WHO.replace("0.02", "2"))
    functions = hands.client("lambda")
    functions.put_function_concurrency(FunctionName="reserved", ReservedConcurrentExecutions=1)

    def attempt(_: int) -> str:
        try:
            return type(json.loads(functions.invoke(FunctionName="reserved")["Payload"].read())).__name__
        except functions.exceptions.TooManyRequestsException:
            return "throttled"

    with ThreadPoolExecutor(3) as many:
        assert sorted(many.map(attempt, range(3))) == ["int", "throttled", "throttled"]
