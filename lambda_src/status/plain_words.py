"""What an event means, in a sentence for somebody who does not read SMTP: for the page and for the command.

Sources: enhanced status codes: RFC 3463, and the IANA registry "Enhanced Status Codes" of RFC 5248; reply
codes: RFC 5321 section 4.2; Google's 5.7.25 to 5.7.30: support.google.com/a/answer/3221692; Microsoft's
5.7.515: its sender requirements of 2025; sub types of bounces, complaints and delays: Amazon SES developer
guide, "Contents of event data"; SMS: Amazon Pinpoint developer guide, "SMS events".
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_ENHANCED = re.compile(r"(?<![0-9.])([245])\.([0-9]{1,3})\.([0-9]{1,3})(?!\.?[0-9])")
_REPLY = re.compile(r"(?<![0-9.])([245][0-9]{2})(?=[ -])")

# By subject and detail of the code; its first figure (4 for now, 5 for good) is told by the kind of bounce.
_ENHANCED_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "1.0": "Something is wrong with the address.",
        "1.1": "There is no such mailbox at that domain.",
        "1.2": "The recipient's domain does not exist, or takes no mail.",
        "1.3": "The address is not written as an address.",
        "1.4": "The address stands for more than one mailbox there.",
        "1.6": "The mailbox has moved and left no new address.",
        "1.7": "The sender's address is not written as an address.",
        "1.8": "The sender's domain does not exist.",
        "1.10": "The recipient's domain says that it takes no mail (null MX).",
        "2.0": "Something is wrong with the recipient's mailbox.",
        "2.1": "The mailbox is switched off.",
        "2.2": "The recipient's mailbox is full.",
        "2.3": "The mail is larger than the recipient's mailbox takes.",
        "2.4": "A mailing list there could not be expanded.",
        "3.0": "Something is wrong with the recipient's mail system.",
        "3.1": "The recipient's mail system has no room left.",
        "3.2": "The recipient's mail system takes no mail now.",
        "3.3": "The recipient's mail system lacks a feature that the mail needs.",
        "3.4": "The mail is larger than the recipient's mail system takes.",
        "3.5": "The recipient's mail system is set up wrongly.",
        "4.0": "Something is wrong with the network or with routing.",
        "4.1": "The recipient's mail server does not answer.",
        "4.2": "The connection to the recipient's mail server broke off.",
        "4.3": "A directory server could not be asked.",
        "4.4": "No mail server could be found for the recipient's domain.",
        "4.5": "The recipient's mail system is too busy.",
        "4.6": "The mail went round in a loop between servers.",
        "4.7": "The mail could not be delivered in the time that was left for it.",
        "5.0": "The servers did not understand each other.",
        "5.1": "The recipient's mail server does not take this command.",
        "5.2": "The recipient's mail server could not read the command.",
        "5.3": "The mail has more recipients than the server takes at once.",
        "5.4": "The recipient's mail server could not read an argument of the command.",
        "6.0": "Something is wrong with the mail's contents.",
        "6.1": "The recipient's mail system does not take this kind of contents.",
        "6.3": "The contents would have to be converted, and cannot be.",
        "6.6": "The contents could not be converted.",
        "7.0": "The recipient's mail system refused the mail by its rules.",
        "7.1": "The recipient's mail system refused the mail: its sender or its contents.",
        "7.2": "The sender may not write to this mailing list.",
        "7.3": "The mail would have needed a security conversion that cannot be made.",
        "7.4": "The servers have no security feature in common.",
        "7.5": "A cryptographic key or certificate could not be used.",
        "7.7": "The mail was changed on its way, or its signature could not be checked.",
        "7.8": "The sending server's credentials were refused.",
        "7.9": "The way in which the sending server signs in is too weak.",
        "7.13": "The recipient's account is switched off.",
        "7.17": "The mailbox has a new owner since the mail's date.",
        "7.20": "No signature (DKIM) of the mail passed.",
        "7.21": "No signature (DKIM) that counts there passed.",
        "7.22": "The mail's signature (DKIM) is not by the domain in From.",
        "7.23": "SPF failed: the sender's domain does not name the server that sent the mail.",
        "7.24": "SPF could not be checked because of an error in the sender's DNS.",
        "7.25": "The sending server's address has no matching name in DNS: the sender has to mend this.",
        "7.26": "The sender is not authenticated (SPF and DKIM failed): the sender has to mend this.",
        "7.27": "SPF did not pass: the sender has to mend this.",
        "7.28": "The sender sends more than is accepted, or its links have a bad name.",
        "7.29": "The mail did not come over an encrypted connection: the sender has to mend this.",
        "7.30": "The mail has no signature (DKIM) that passes: the sender has to mend this.",
        "7.509": "The sender's domain fails DMARC, and its policy asks to refuse.",
        "7.515": "The sender's domain does not meet the rules for bulk senders: the sender has to mend this.",
    }
)
_SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "1": "Something is wrong with the address.",
        "2": "Something is wrong with the recipient's mailbox.",
        "3": "Something is wrong with the recipient's mail system.",
        "4": "Something is wrong with the network or with routing.",
        "5": "The servers did not understand each other.",
        "6": "Something is wrong with the mail's contents.",
        "7": "The recipient's mail system refused the mail by its rules.",
    }
)
_REPLIES: Mapping[str, str] = MappingProxyType(
    {
        "250": "The recipient's mail server took the mail.",
        "421": "The recipient's mail server closed the connection.",
        "450": "The mailbox cannot be used now: it is locked, or the server puts unknown senders off.",
        "451": "The recipient's mail server had trouble of its own.",
        "452": "The recipient's mail system has no room left.",
        "501": "The recipient's mail server could not read an argument of the command.",
        "503": "The servers did not understand each other.",
        "521": "The recipient's domain takes no mail.",
        "530": "The recipient's mail server wants an encrypted or signed-in connection.",
        "535": "The sending server's credentials were refused.",
        "541": "The recipient's mail system refused the mail as unwanted.",
        "550": "The mailbox does not exist, or the recipient's mail system refused the mail by its rules.",
        "551": "The recipient is not at this mail server.",
        "552": "The recipient's mailbox is full, or the mail is too large.",
        "553": "The address is not written as an address of that mail system.",
        "554": "The recipient's mail system refused the mail.",
        "556": "The recipient's domain takes no mail.",
    }
)
# What SES says itself, without an answer from the recipient's server.
_SUB_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "NoEmail": "The recipient's mail system does not know the address.",
        "Suppressed": "The address bounced before, for any customer of SES, so SES did not try again.",
        "OnAccountSuppressionList": "The address is on this account's suppression list, so SES did not try.",
        "UnsubscribedRecipient": "The recipient has unsubscribed from this kind of mail, so SES did not try.",
        "MailboxFull": "The recipient's mailbox is full.",
        "MessageTooLarge": "The mail is larger than the recipient's mail system takes.",
        "ContentRejected": "The recipient's mail system refused the mail's contents.",
        "AttachmentRejected": "The recipient's mail system refused the kind or size of an attachment.",
        "CustomTimeoutExceeded": "The mail could not be delivered in the time that was set for it.",
        "InternalFailure": "Trouble inside SES delays the mail; SES tries again.",
        "IPFailure": "The recipient's mail system blocks or slows the address that SES sends from.",
        "RecipientServerError": "The recipient's mail server has trouble of its own.",
        "SamplingPeriod": "The recipient's provider holds the mail back to see what others make of the same.",
        "SendingDeferral": "SES holds the mail back for a while.",
        "SpamDetected": "The recipient's mail system has had many unwanted mails from this account.",
        "TransientCommunicationGeneral": "The connection to the recipient's mail server broke off.",
        "TransientCommunicationFailure": "The connection to the recipient's mail server broke off.",
        "BYOIPHostNameLookupUnavailable": "The sending server's name could not be looked up in DNS.",
        "abuse": "The recipient marked the mail as unwanted.",
        "auth-failure": "The recipient's provider reports that the mail's authentication failed.",
        "fraud": "The recipient's provider reports the mail as fraud.",
        "not-spam": "The recipient says that the mail was not unwanted after all.",
        "virus": "The recipient's provider reports a virus in the mail.",
    }
)
_SMS: Mapping[str, str] = MappingProxyType(
    {
        "SUCCESSFUL": "The recipient's carrier took the message.",
        "DELIVERED": "The message reached the recipient's phone.",
        "PENDING": "The message is on its way; the carrier has not answered yet.",
        "QUEUED": "The message waits to be sent.",
        "SENT": "The message was handed to the carrier; it has not answered yet.",
        "INVALID": "The number is no valid number.",
        "INVALID_PHONE_NUMBER": "The number is no valid number.",
        "UNREACHABLE": "The phone is switched off or out of reach.",
        "UNKNOWN": "The carrier said nothing that can be understood, or nothing within 72 hours.",
        "BLOCKED": "The recipient's phone blocks messages from this sender.",
        "CARRIER_UNREACHABLE": "The recipient's carrier could not be reached for a while.",
        "CARRIER_BLOCKED": "The recipient's carrier blocks messages from this sender.",
        "SPAM": "The carrier took the message for spam.",
        "INVALID_MESSAGE": "The carrier refused the message's text.",
        "TTL_EXPIRED": "The message could not be delivered in the time that was set for it.",
        "MAX_PRICE_EXCEEDED": "The message would have cost more than the highest price that was allowed.",
        "OPTED_OUT": "The recipient has opted out of messages from this sender.",
        "NO_QUOTA_LEFT_ON_ACCOUNT": "The account's spending limit for this month is reached.",
        "NO_ORIGINATION_IDENTITY_AVAILABLE_TO_SEND": "The account has no sender for that country.",
        "DESTINATION_COUNTRY_NOT_SUPPORTED": "Messages cannot be sent to that country.",
        "DESTINATION_COUNTRY_BLOCKED": "The account's rules block messages to that country.",
        "PROTECT_BLOCKED": "The account's protect rules block messages to that number or country.",
        "ACCOUNT_IN_SANDBOX": "The account is in the sandbox: only verified numbers get messages.",
        "RATE_EXCEEDED": "Messages were sent faster than is allowed.",
        "INVALID_ORIGINATION_IDENTITY": "The sender (number or ID) cannot be used for this message.",
        "ORIGINATION_IDENTITY_DOES_NOT_EXIST": "The sender (number or ID) does not exist.",
        "INVALID_DLT_PARAMETERS": "The registration for India (DLT) that was given is not valid.",
        "INVALID_PARAMETERS": "A parameter of the request to send was not valid.",
        "ACCESS_DENIED": "The account is not allowed to send.",
        "INVALID_KEYWORD": "The keyword that was given is not valid.",
        "INVALID_SENDER_ID": "The sender ID is not valid.",
        "INVALID_POOL_ID": "The pool of numbers that was given is not valid.",
        "SENDER_ID_NOT_SUPPORTED_FOR_DESTINATION": "Sender IDs are not used in the recipient's country.",
    }
)
_EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "send": "The mail was accepted to be sent.",
        "delivered": "The recipient's mail server took the mail.",
        "delayed": "The mail could not be delivered yet; it is tried again.",
        "open": "The mail was opened.",
        "click": "A link in the mail was followed.",
        "bot_open": "A machine, not the recipient, opened the mail.",
        "bot_click": "A machine, not the recipient, followed a link.",
        "unsubscribe": "The recipient unsubscribed.",
        "softbounce": "The mail could not be delivered for now, and is not tried again.",
        "hardbounce": "The mail cannot be delivered to this address.",
        "rejected": "The mail was not sent: a virus was found in it.",
        "rendering_failure": "The mail was not sent: its template could not be filled in.",
        "complaint": "The recipient marked the mail as unwanted.",
        "buffered": "The message is on its way; the carrier has not answered yet.",
        "success": "The recipient's carrier took the message.",
        "failure": "The message could not be delivered.",
        "optout": "The recipient has opted out of messages from this sender.",
    }
)
_WITH_AN_ANSWER = frozenset(("softbounce", "hardbounce", "delayed"))


def in_words(line: Mapping[str, Any]) -> str:
    """What a line of view.timeline means; "" for an event that we have no words for.

    An answer of the recipient's mail server says more than the code that SES made of it, so it goes first;
    of the answer's codes the enhanced one does.
    """
    event = str(line.get("event", ""))
    codes = str(line.get("code", "")).split()
    meant = _of_answer(str(line.get("text", ""))) if event in _WITH_AN_ANSWER else ""
    if not meant:
        tables = _SMS if "final" in line else _SUB_TYPES
        meant = next((tables[code] for code in reversed(codes) if code in tables), "")
    return meant or _EVENTS.get(event, "")


def _of_answer(text: str) -> str:
    """What an SMTP answer means, by the first enhanced code in it, else by its reply code; else ""."""
    if found := _ENHANCED.search(text):
        _, subject, detail = found.groups()
        words = _ENHANCED_WORDS.get(f"{subject}.{detail}") or _SUBJECTS.get(subject)
        if words:
            return words
    reply = _REPLY.search(text)
    return _REPLIES.get(reply[1], "") if reply else ""
