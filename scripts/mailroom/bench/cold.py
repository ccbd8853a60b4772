"""Run as a program in a fresh process, by the Python that has what Lambda has, to time one cold start.

    cold.py clients MODULE [wired]     the services of the clients that this handler makes
    cold.py handler MODULE [wired]     seconds to import it, and until its clients are made too
    cold.py boto3 SERVICE…             the same of boto3 and these clients

It imports nothing that boto3 or a handler might import: they pay for all of it.
"""

import sys
import time
from typing import Any


def handler(name: str, wired: bool) -> tuple[float, float]:
    """Seconds until the module is there, and until it is ready for its first event."""
    started = time.perf_counter()
    __import__(name)
    imported = time.perf_counter()
    if wired:
        sys.modules[name]._wired()
    return imported - started, time.perf_counter() - started


def boto3(services: list[str]) -> tuple[float, float]:
    """Seconds until boto3 is there, and until these clients are made."""
    started = time.perf_counter()
    import boto3

    imported = time.perf_counter()
    for service in services:
        boto3.client(service)
    return imported - started, time.perf_counter() - started


def clients(name: str, wired: bool) -> list[str]:
    """The services for which the handler makes clients, each as often as it does."""
    import boto3

    made: list[str] = []
    real = boto3.client

    def noted(service: str, **options: Any) -> Any:
        made.append(service)
        return real(service, **options)

    boto3.client = noted
    handler(name, wired)
    return made


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "boto3":
        print(*boto3(rest))
    else:
        print(*(clients if what == "clients" else handler)(rest[0], "wired" in rest))
