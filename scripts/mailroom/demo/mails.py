"""The mails of the demo: what sensors send. Real MIME, built by the standard library and sent by SMTP."""

import hashlib
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

MARKER = ":Email_Rxers_Code:"
SENSOR = "sensor-7@plant.example"
OPERATIONS = "operations@customer.example"
QUALITY = "quality@customer.example"
BIG_FILE_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Mail:
    """A message to send, and what must come out of it: file name -> SHA-256 of the bytes."""

    title: str
    message: EmailMessage
    files: dict[str, str]

    @property
    def raw(self) -> bytes:
        """The message as SMTP carries it."""
        return self.message.as_bytes(policy=SMTP)


def _message(receipt_address: str, subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"Sensor 7 <{SENSOR}>"
    message["To"] = receipt_address
    message["Subject"] = subject
    return message


def _attach(message: EmailMessage, files: dict[str, tuple[str, bytes]]) -> dict[str, str]:
    """Attach name -> (content type, bytes); answers name -> SHA-256."""
    for name, (content_type, content) in files.items():
        maintype, _, subtype = content_type.partition("/")
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    return {name: hashlib.sha256(content).hexdigest() for name, (_, content) in files.items()}


def _readings(lines: int) -> bytes:
    rows = (f"2026-11-24T{hour % 24:02d}:00:00Z,{18 + hour % 7}.{hour % 10},ok" for hour in range(lines))
    return "\n".join(["time,degrees,state", *rows]).encode()


def sensor_report(receipt_address: str) -> Mail:
    """A plain text report for two people, with two attachments."""
    message = _message(receipt_address, "Cold store 7: daily report")
    message.set_content(
        f"All readings are in range.\n{MARKER}{OPERATIONS}, {QUALITY}{MARKER}\nNext report in 24 hours.\n"
    )
    files = _attach(
        message,
        {"readings.csv": ("text/csv", _readings(500)), "chart.png": ("image/png", _picture(40_000))},
    )
    return Mail("a plain text report, two attachments, two people", message, files)


def big_html_report(receipt_address: str) -> Mail:
    """An HTML mail with a 20 MB file for one person."""
    message = _message(receipt_address, "Cold store 7: thermal film")
    message.set_content(
        f"<html><body><h1>Thermal film</h1><p>Attached.</p><p>{MARKER}{OPERATIONS}{MARKER}</p></body></html>",
        subtype="html",
    )
    files = _attach(message, {"thermal film.mp4": ("video/mp4", _picture(BIG_FILE_BYTES))})
    return Mail("an HTML mail with a 20 MB file", message, files)


def without_recipients(receipt_address: str) -> Mail:
    """A mail that names nobody: it ends as a notice."""
    message = _message(receipt_address, "Cold store 7: door open")
    message.set_content("The door has been open for ten minutes.\n")
    return Mail("a mail without a recipients list", message, {})


def while_sending_is_paused(receipt_address: str) -> Mail:
    """A mail that cannot be sent at first, and comes back by replay."""
    message = _message(receipt_address, "Cold store 7: alarm log")
    message.set_content(f"See the log.\n{MARKER}{QUALITY}{MARKER}\n")
    files = _attach(message, {"alarms.csv": ("text/csv", _readings(40))})
    return Mail("a mail while sending is paused", message, files)


def whose_answer_is_lost(receipt_address: str) -> Mail:
    """A mail that SES takes and whose answer never comes back."""
    message = _message(receipt_address, "Cold store 7: defrost cycle")
    message.set_content(f"The cycle took 22 minutes.\n{MARKER}{OPERATIONS}{MARKER}\n")
    return Mail("a mail whose answer is lost", message, {})


def larger_than(receipt_address: str, limit: int) -> Mail:
    """A mail for one person that is larger than `limit` bytes."""
    message = _message(receipt_address, "Cold store 7: a week of film")
    message.set_content(f"Attached.\n{MARKER}{OPERATIONS}{MARKER}\n")
    # Base64 writes 76 characters and a line end for 57 bytes.
    files = _attach(message, {"week.mp4": ("video/mp4", _picture(limit * 57 // 78 + 1))})
    return Mail("a mail that is too large", message, files)


def with_virus(receipt_address: str) -> Mail:
    """A mail with the harmless file that every scanner takes for a virus (EICAR); in two pieces here, so
    that no scanner finds it in this file.
    """
    message = _message(receipt_address, "Cold store 7: firmware")
    message.set_content(f"Please install.\n{MARKER}{OPERATIONS}{MARKER}\n")
    content = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    files = _attach(message, {"firmware.bin": ("application/octet-stream", content)})
    return Mail("a mail with a virus", message, files)


def _picture(size: int) -> bytes:
    """Bytes that look like nothing in particular: cheap to make, the same in every run, not all alike."""
    block = b"".join(hashlib.sha256(str(number).encode()).digest() for number in range(2048))
    return (block * (size // len(block) + 1))[:size]
