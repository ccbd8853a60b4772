"""Environments' files for `rotate-address`, and the command itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

from typer.testing import CliRunner

from mailroom.inbound import app

FILE = """\
# receipt_address = "no@comment.example" {
other = { receipt_address = "no@other.example" }

inbound = {
  receipt_address = "old@in.example.com" # keep it secret
  notice_emails   = []                   # "{" who is told

  queue = {
    maximum_receives = 3 // }
  }
}
"""
FORMER = """\
inbound = {
  receipt_address = "old@in.example.com"

  former_receipt_addresses = {
    # the pumps
    "a@in.example.com" = "2026-11-30" # ask Ann
    "b@in.example.com" = "2026-11-23"
  }
}
"""


def day(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def invoke(*arguments: str, answer: str = "") -> Any:
    return CliRunner().invoke(app, ["rotate-address", "--env", "dev", *arguments], input=answer)
