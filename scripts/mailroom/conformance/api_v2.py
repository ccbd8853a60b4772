"""SESv2: names and words of its errors."""

from typing import Any

from mailroom.conformance.case import Answer, Case, said
from mailroom.conformance.desk import SIMULATOR, Desk

_REFERENCE = "API reference v2, "
_ERRORS = "developer guide, Amazon SES email sending errors"


def _send(desk: Desk, **changes: Any) -> Answer:
    """SendEmail of a short text to the simulator, with some parameters changed."""
    text = {"Subject": {"Data": "conformance"}, "Body": {"Text": {"Data": "a test"}}}
    wanted = {
        "FromEmailAddress": desk.sender,
        "Destination": {"ToAddresses": [SIMULATOR]},
        "Content": {"Simple": text},
        **changes,
    }
    return said(desk.v2.send_email, **wanted)


def _unknown_identity(desk: Desk) -> Answer:
    return said(desk.v2.get_email_identity, EmailIdentity=desk.stranger)


def _unknown_set(desk: Desk) -> Answer:
    return said(desk.v2.get_configuration_set, ConfigurationSetName=desk.name)


def _set_twice(desk: Desk) -> Answer:
    def make() -> None:
        desk.v2.create_configuration_set(ConfigurationSetName=desk.name)

    with desk.made(f"configuration set {desk.name}", _delete_set(desk), make, lambda: _remove_set(desk)):
        return said(desk.v2.create_configuration_set, ConfigurationSetName=desk.name)


def _delete_unknown_set(desk: Desk) -> Answer:
    return said(desk.v2.delete_configuration_set, ConfigurationSetName=desk.name)


def _unknown_suppressed(desk: Desk) -> Answer:
    return said(desk.v2.get_suppressed_destination, EmailAddress=f"a@{desk.stranger}")


def _remove_set(desk: Desk) -> None:
    try:
        desk.v2.delete_configuration_set(ConfigurationSetName=desk.name)
    except desk.v2.exceptions.NotFoundException:
        return


def _delete_set(desk: Desk) -> str:
    return f"aws sesv2 delete-configuration-set --region {desk.region} --configuration-set-name {desk.name}"


CASES = (
    Case(
        "an identity that is not there",
        _unknown_identity,
        Answer("NotFoundException", "Email identity {STRANGER} does not exist."),
        f"{_REFERENCE}GetEmailIdentity",
    ),
    Case(
        "a configuration set that is not there",
        _unknown_set,
        Answer("NotFoundException", "Configuration set <{NAME}> does not exist."),
        f"{_REFERENCE}GetConfigurationSet",
    ),
    Case(
        "a configuration set made twice",
        _set_twice,
        Answer("AlreadyExistsException", "Configuration set <{NAME}> already exists."),
        f"{_REFERENCE}CreateConfigurationSet",
    ),
    Case(
        "deleting a configuration set that is not there",
        _delete_unknown_set,
        Answer("NotFoundException", "Configuration set <{NAME}> does not exist."),
        f"{_REFERENCE}DeleteConfigurationSet",
    ),
    Case(
        "an address that is not suppressed",
        _unknown_suppressed,
        Answer("NotFoundException", "Email address a@{STRANGER} does not exist on your suppression list."),
        f"{_REFERENCE}GetSuppressedDestination",
    ),
    Case(
        "a sender that is not verified",
        lambda desk: _send(desk, FromEmailAddress=f"a@{desk.stranger}"),
        Answer(
            "MessageRejected",
            "Email address is not verified. The following identities failed the check in region {REGION}: "
            "a@{STRANGER}",
        ),
        _ERRORS,
    ),
    Case(
        "sending in a set that is not there",
        lambda desk: _send(desk, ConfigurationSetName=desk.name),
        Answer("NotFoundException", "Configuration set <{NAME}> does not exist."),
        f"{_REFERENCE}SendEmail",
    ),
    Case(
        "a message tag with a space",
        lambda desk: _send(desk, EmailTags=[{"Name": "a b", "Value": "c"}]),
        Answer(
            "BadRequestException",
            "Invalid tag name <a b>: only alphanumeric ASCII characters, '_', and '-' are allowed.",
        ),
        f"{_REFERENCE}MessageTag",
    ),
    Case(
        "51 recipients",
        lambda desk: _send(
            desk,
            Destination={
                "ToAddresses": [f"success+{number}@simulator.amazonses.com" for number in range(51)]
            },
        ),
        Answer("BadRequestException", "Recipient count exceeds 50."),
        f"{_REFERENCE}Destination",
    ),
    Case(
        "a recipient without a domain",
        lambda desk: _send(desk, Destination={"ToAddresses": ["nobody"]}),
        Answer("BadRequestException", "Missing final '@domain'"),
        _ERRORS,
    ),
)
