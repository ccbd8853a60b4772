"""boto3's service models: which operations there are, what goes in, what comes out, how an error is
called."""

from __future__ import annotations

from functools import lru_cache

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

from .messages import ServiceError


@lru_cache
def service_model(name: str) -> ServiceModel:
    """The model of a service by boto3's name for it ("ses", "sesv2")."""
    return ServiceModel(Loader().load_service_model(name, "service-2"), name)


def error_status(operation: OperationModel | None, error: ServiceError) -> int:
    """The HTTP status of an error: the model's for this operation, else the error's own."""
    for shape in operation.error_shapes if operation else ():
        described = shape.metadata.get("error", {})
        if error.code in (shape.name, described.get("code")):
            return int(described.get("httpStatusCode", error.status))
    return error.status


NAMES = {
    "ses": "SES",
    "sesv2": "SES",
    "guardduty": "GuardDuty",
    "pinpoint": "Pinpoint",
    "pinpoint-sms-voice-v2": "End User Messaging SMS",
}
"""What people call a service, where boto3's name is not it."""


def called(service: str) -> str:
    """What people call a service, by boto3's name for it."""
    return NAMES.get(service, service)


def said(model: ServiceModel, error: ServiceError) -> dict[str, object]:
    """The members of an error in JSON. Some services call the message `Message`."""
    shape = model.shape_for(error.code) if error.code in model.shape_names else None
    name = "Message" if shape is not None and "Message" in shape.members else "message"
    return {name: error.message, **error.members}


def not_built(service: str, operation: str) -> ServiceError:
    """The error of an operation that AWS has and the local cloud has not."""
    return ServiceError(
        "NotImplemented",
        f"{operation} is not in the local {called(service)} yet ({service}). It works in AWS; "
        "docs/local.md lists what is built here.",
        501,
    )
