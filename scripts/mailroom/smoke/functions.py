"""The smoke call after an apply: every function is called once with nothing to do.

A missing setting, a zip that lacks a module or a role that may not begin is found now, and not by the first
mail.
"""

import json

from mailroom.environment import Environment

SUFFIX = "_function_name"
LONGEST = 300


def failed_functions(environment: Environment) -> dict[str, str]:
    """Each deployed function that does not answer an empty event, and what it said; empty when all answer.

    Raises botocore's ClientError where the caller may not ask.
    """
    client = environment.client("lambda")
    names = [value for name, value in sorted(environment.outputs.items()) if name.endswith(SUFFIX) and value]
    failed = {}
    for function in names:
        answer = client.invoke(FunctionName=function, Payload=b"{}")
        body = answer["Payload"].read()
        if answer.get("FunctionError"):
            failed[function] = _said(body)
    return failed


def _said(body: bytes) -> str:
    """The error's own words; the body as it is where it has none."""
    try:
        found = json.loads(body)
        words = f"{found.get('errorType', 'Error')}: {found['errorMessage']}"
    except (ValueError, KeyError, TypeError, AttributeError):
        words = body.decode(errors="replace")
    return words[:LONGEST]
