"""Why SES takes no message, by its name in each API (API references v1 and v2, "Errors" of the send
operations, and the BulkEmailStatus of both)."""

from __future__ import annotations

from enum import Enum

from ..protocol.messages import ServiceError


class Kind(Enum):
    """A reason: SESv2's name and HTTP status, v1's name, and the status of a bulk entry in v2 and in v1."""

    REJECTED = ("MessageRejected", 400, "MessageRejected", "MESSAGE_REJECTED", "MessageRejected")
    BAD_REQUEST = (
        "BadRequestException", 400, "InvalidParameterValue", "INVALID_PARAMETER", "InvalidParameterValue",
    )  # fmt: skip
    NO_CONFIGURATION_SET = (
        "NotFoundException", 404, "ConfigurationSetDoesNotExist",
        "CONFIGURATION_SET_NOT_FOUND", "ConfigurationSetDoesNotExist",
    )  # fmt: skip
    NO_TEMPLATE = (
        "NotFoundException", 404, "TemplateDoesNotExist", "TEMPLATE_NOT_FOUND", "TemplateDoesNotExist",
    )  # fmt: skip
    NO_LIST = ("NotFoundException", 404, "InvalidParameterValue", "FAILED", "Failed")
    ACCOUNT_PAUSED = (
        "SendingPausedException", 400, "AccountSendingPausedException",
        "ACCOUNT_SENDING_PAUSED", "AccountSendingPaused",
    )  # fmt: skip
    CONFIGURATION_SET_PAUSED = (
        "SendingPausedException", 400, "ConfigurationSetSendingPausedException",
        "CONFIGURATION_SET_SENDING_PAUSED", "ConfigurationSetSendingPaused",
    )  # fmt: skip
    MAIL_FROM = (
        "MailFromDomainNotVerifiedException", 400, "MailFromDomainNotVerifiedException",
        "MAIL_FROM_DOMAIN_NOT_VERIFIED", "MailFromDomainNotVerified",
    )  # fmt: skip
    RATE = ("TooManyRequestsException", 429, "Throttling", "ACCOUNT_THROTTLED", "AccountThrottled")
    QUOTA = (
        "LimitExceededException", 400, "Throttling",
        "ACCOUNT_DAILY_QUOTA_EXCEEDED", "AccountDailyQuotaExceeded",
    )  # fmt: skip

    def __init__(self, v2: str, status: int, v1: str, bulk_v2: str, bulk_v1: str) -> None:
        self.v2 = v2
        self.status = status
        self.v1 = v1
        self.bulk_v2 = bulk_v2
        self.bulk_v1 = bulk_v1


class Refusal(ServiceError):
    """A message that SES does not take. As a ServiceError it has the name of SESv2."""

    def __init__(self, kind: Kind, message: str) -> None:
        super().__init__(kind.v2, message, kind.status)
        self.kind = kind

    def in_v1(self) -> ServiceError:
        """The same under v1's name; its errors have the status 400."""
        return ServiceError(self.kind.v1, self.message)
