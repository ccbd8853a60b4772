"""API Gateway's REST APIs: made as Terraform makes them; calls served, refused, logged and counted."""

from __future__ import annotations

from . import account, deployments, functions, making, refusals, serving

PATCHES = (
    *account.PATCHES,
    *deployments.PATCHES,
    *functions.PATCHES,
    *making.PATCHES,
    *refusals.PATCHES,
    *serving.PATCHES,
)
