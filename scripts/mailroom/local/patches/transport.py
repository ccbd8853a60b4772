"""Loopback counts as TLS: `aws:SecureTransport` is true, as it is for every call of an SDK in AWS.

Without it a bucket policy that refuses plain HTTP, as ours do, would refuse everybody locally.
"""

from __future__ import annotations

from collections.abc import Callable

from .patch import Patch


def _pin_request_origin(original: Callable[[str, bool], None]) -> Callable[..., None]:
    def pin_request_origin(source_ip: str, secure_transport: bool) -> None:
        original(source_ip, True)

    return pin_request_origin


PATCHES = (
    Patch(
        target="ministack.app:pin_request_origin",
        why="aws:SecureTransport was false on loopback",
        sha256="de819c1bd9ac2be4b8dd3c7a66d2c3c690fe74d95b4d42519ec581ac9ebf3b36",
        make=_pin_request_origin,
    ),
)
