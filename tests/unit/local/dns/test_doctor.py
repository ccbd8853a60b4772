"""The doctor of `inbound` asks a real resolver: the local cloud's."""

from __future__ import annotations

import socket

import pytest

from mailroom.errors import MailroomError
from mailroom.inbound.doctor import dns
from mailroom.inbound.doctor.dns import RealDns
from mailroom.local.engine.records import Record
from tests.unit.local.dns.asking import Asker


def test_the_doctor_asks_the_local_cloud(asker: Asker, zones: list[Record]) -> None:
    """MX records of a zone, the preferred first, or none; SES's hosts of a Region that is there, no others."""
    zones += [
        Record("in.mail.example", "MX", "20 B.example."),
        Record("in.mail.example.", "MX", "10 a.example"),
    ]
    resolver = RealDns(("127.0.0.1", asker.port))
    assert resolver.mx("in.mail.example") == [(10, "a.example"), (20, "b.example")]
    assert resolver.mx("mail.example") == []
    assert resolver.mx("no.mail.example") == []
    assert resolver.exists("inbound-smtp.eu-west-1.amazonaws.com")
    assert not resolver.exists("inbound-smtp.xx-nowhere-1.amazonaws.com")


def test_nobody_at_the_resolver_s_port_is_said_with_what_to_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """The trouble names the question, and the line to ask it by hand."""
    monkeypatch.setattr(dns, "SECONDS", 0.3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
    with pytest.raises(MailroomError, match=r"in\.mail\.example MX") as caught:
        RealDns(("127.0.0.1", port)).mx("in.mail.example")
    assert caught.value.hint == f"dig @127.0.0.1 -p {port} MX in.mail.example"
