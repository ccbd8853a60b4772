"""What each answer of SES, and none, says about whether the mail was accepted."""

from typing import Any

import pytest
from botocore import exceptions

from lambda_src.inbound.ports import AddressRefused, NotAccepted, TooFast, Unknown
from lambda_src.inbound.ses import SesMailer


def answered(status: int, code: str, message: str = "") -> Exception:
    error = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return exceptions.ClientError(error, "SendEmail")  # type: ignore[arg-type]


URL = "https://email.eu-west-1.amazonaws.com"
ANSWERS = [
    (answered(400, "MessageRejected", "Email address is not verified."), NotAccepted),
    (answered(400, "MailFromDomainNotVerifiedException"), NotAccepted),
    (answered(400, "AccountSuspendedException"), NotAccepted),
    (answered(400, "SendingPausedException"), NotAccepted),
    (answered(403, "AccessDeniedException"), NotAccepted),
    (answered(404, "NotFoundException", "Configuration set <x> does not exist."), NotAccepted),
    (answered(429, "TooManyRequestsException", "Maximum sending rate exceeded."), TooFast),
    (answered(400, "Throttling", "Rate exceeded"), TooFast),
    (answered(429, "TooManyRequestsException", "Daily message quota exceeded."), NotAccepted),
    (answered(400, "BadRequestException", "Illegal address"), AddressRefused),
    (answered(400, "BadRequestException", "Domain contains dot-dot"), AddressRefused),
    (answered(400, "BadRequestException", "Local address contains control or whitespace"), AddressRefused),
    (answered(400, "BadRequestException", "Missing required header 'From'."), NotAccepted),
    (answered(500, "InternalFailure"), Unknown),
    (answered(503, "ServiceUnavailable"), Unknown),
    (exceptions.EndpointConnectionError(endpoint_url=URL), NotAccepted),
    (exceptions.ConnectTimeoutError(endpoint_url=URL), NotAccepted),
    (exceptions.NoCredentialsError(), NotAccepted),
    (exceptions.ReadTimeoutError(endpoint_url=URL), Unknown),
    (exceptions.ConnectionClosedError(endpoint_url=URL), Unknown),
    (exceptions.HTTPClientError(error="reset"), Unknown),
]


@pytest.mark.parametrize(("error", "kind"), ANSWERS, ids=[str(answer[0])[:70] for answer in ANSWERS])
def test_answers(error: Exception, kind: type[Exception]) -> None:
    """Only what SES states as a refusal, or what never left us, may be sent again."""

    class Client:
        def send_email(self, **request: Any) -> dict[str, str]:
            raise error

    with pytest.raises(kind) as caught:
        SesMailer(Client(), "m@out.example", "inbound").send(b"raw", "a@x.example", {})
    assert type(caught.value) is kind


def test_the_request() -> None:
    """One raw mail goes to one address, from the sender, in the configuration set, with its tags."""
    requests = []

    class Client:
        def send_email(self, **request: Any) -> dict[str, str]:
            requests.append(request)
            return {"MessageId": "ses-1"}

    assert SesMailer(Client(), "m@out.example", "inbound").send(b"raw", "a@x.example", {"k": "v"}) == "ses-1"
    assert requests == [
        {
            "FromEmailAddress": "m@out.example",
            "Destination": {"ToAddresses": ["a@x.example"]},
            "Content": {"Raw": {"Data": b"raw"}},
            "ConfigurationSetName": "inbound",
            "EmailTags": [{"Name": "k", "Value": "v"}],
        }
    ]
