"""The errors of End User Messaging SMS, with the reasons that its API reference lists."""

from __future__ import annotations

from ..protocol.messages import ServiceError


def conflict(reason: str, kind: str, name: str) -> ServiceError:
    """ConflictException: what is asked for does not go with the state of a resource."""
    words = f'Conflict Occurred - Reason="{reason}" ResourceType="{kind}" ResourceId="{name}"'
    return ServiceError(
        "ConflictException", words, 400, {"Reason": reason, "ResourceType": kind, "ResourceId": name}
    )


def not_found(kind: str, name: str) -> ServiceError:
    """ResourceNotFoundException."""
    words = f'Resource not found - ResourceType="{kind}" ResourceId="{name}"'
    return ServiceError("ResourceNotFoundException", words, 400, {"ResourceType": kind, "ResourceId": name})


def invalid(reason: str, member: str, said: str) -> ServiceError:
    """ValidationException about a member of the request."""
    words = f'Validation Error - Reason="{reason}" Fields="{member}: {said}"'
    fields = [{"Name": member, "Message": said}]
    return ServiceError("ValidationException", words, 400, {"Reason": reason, "Fields": fields})
