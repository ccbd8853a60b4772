"""The claims of GitHub's tokens that a role's trust policy may ask for.

AWS STS takes them as condition keys since January 2026 (IAM user guide, "Available keys for AWS OIDC
federation"); the emulator knows aud, sub and amr, as for every other provider.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from .patch import Patch

HOST = "token.actions.githubusercontent.com"
CLAIMS = (
    "actor",
    "actor_id",
    "enterprise_id",
    "environment",
    "job_workflow_ref",
    "ref",
    "repository",
    "repository_id",
    "workflow",
)


def _principal(original: Callable[..., Any]) -> Callable[..., Any]:
    def web_identity_principal(token: str, provider_id: str, role_arn: str) -> Any:
        principal, keys = original(token, provider_id, role_arn)
        if not principal.endswith(f"/{HOST}"):
            return principal, keys
        claims = _claims(token)
        return principal, {**keys, **{f"{HOST}:{name}": claims[name] for name in CLAIMS if name in claims}}

    return web_identity_principal


def _claims(token: str) -> dict[str, Any]:
    """What a token claims; the emulator has read it before, so it can be read."""
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


PATCHES = (
    Patch(
        "ministack.services.sts:_web_identity_principal",
        "a trust policy could not ask for GitHub's own claims",
        "4b20206e79819bff620134f23e61bc08feba367dca8dcea73447603708928a01",
        _principal,
    ),
)
