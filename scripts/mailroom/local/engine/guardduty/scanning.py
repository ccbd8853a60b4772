"""The scan of a new object: EICAR is a threat, everything else is none."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any

from ..refused import Refused
from ..scan import infected
from .state import GuardDuty, Region

log = logging.getLogger(__name__)

TAG = "GuardDutyMalwareScanStatus"
OVERLAP = 200
"""Bytes of a piece that are looked at again with the next one: more than the string is long."""


def created(guardduty: GuardDuty, bucket: str, key: str, version: str | None) -> None:
    """An object was written: leave for later the scan that a plan asks for. Cheap where no plan does."""
    for region in guardduty.regions():
        for plan in list(region.plans.values()):
            if _covers(plan["ProtectedResource"]["S3Bucket"], bucket, key):
                guardduty.later(partial(_scan, region, plan, bucket, key, version))


def _covers(protected: dict[str, Any], bucket: str, key: str) -> bool:
    prefixes = protected.get("ObjectPrefixes") or [""]
    return bool(protected["BucketName"] == bucket) and any(key.startswith(prefix) for prefix in prefixes)


def _scan(region: Region, plan: dict[str, Any], bucket: str, key: str, version: str | None) -> None:
    role = plan["Role"]
    try:
        with region.cloud.read_object(region.name, role, bucket, key, version) as pieces:
            status = "THREATS_FOUND" if threatens(pieces) else "NO_THREATS_FOUND"
    except Refused as problem:
        log.warning("s3://%s/%s could not be read to be scanned: %s", bucket, key, problem)
        status = "ACCESS_DENIED"
    if plan["Actions"]["Tagging"]["Status"] != "ENABLED":
        return
    try:
        region.cloud.tag_object(region.name, role, bucket, key, version, (TAG, status))
    except Refused as problem:
        log.warning("s3://%s/%s was scanned (%s) but not tagged: %s", bucket, key, status, problem)


def threatens(pieces: Iterable[bytes]) -> bool:
    """Whether a content holds the virus string, wherever its pieces are cut."""
    before = b""
    for piece in pieces:
        before = before[-OVERLAP:] + piece
        if infected(before):
            return True
    return False
