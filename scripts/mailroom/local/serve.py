"""The process of a local cloud: one HTTP port, two SMTP doors, DNS, all on loopback.

python -m mailroom.local.serve --folder DIR --name NAME --region REGION --keeper PID [--sandbox]
    [--checks-dns]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import secrets
import signal
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from . import state

HOST = "127.0.0.1"
log = logging.getLogger("mailroom.local")


def listening(port: int = 0) -> socket.socket:
    """A listening socket on loopback, at a free port unless one is named that nobody has. It is handed on,
    never closed, so nobody can take the port."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
    except OSError as problem:
        print(f"port {port}: {problem}; a free one is taken, which LocalStack's Lambdas do not reach")
        sock.bind((HOST, 0))
    sock.listen(128)
    sock.setblocking(False)
    return sock


def watch_keeper(keeper: int) -> None:
    """End this process and its whole group when the keeper is gone, killed outright included.

    The keeper says its number: one that died before we looked would have left us another parent.
    """

    def watch() -> None:
        while os.getppid() == keeper:
            time.sleep(0.5)
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True, name="mailroom-keeper").start()


def make_front(endpoint: str, mail: Path, *, sandbox: bool, checks_dns: bool) -> tuple[Any, Any]:
    """The application and our SES, over the embedded emulator or the LocalStack that is asked for."""
    from .adapter import embedded, localstack, roles
    from .adapter.scanner import RoleCloud
    from .adapter.service_writes import AwsCloud
    from .cloud import ACCOUNT_ID, ROOT
    from .engine.guardduty import scanning
    from .engine.guardduty.state import GuardDuty
    from .engine.ses.state import Ses
    from .engine.ses.store import MailStore
    from .front import Front
    from .fronted import engines

    found = localstack.find()
    account = localstack.new_account() if found else ACCOUNT_ID
    backend = localstack.LocalStack(found) if found else embedded.Embedded()
    log.info("behind our engines: %s", f"LocalStack at {found}" if found else "the embedded emulator")
    # One may wait 30 seconds for the function of a rule; none waits for another.
    workers = ThreadPoolExecutor(16, "mailroom-later")
    if found:
        cloud = AwsCloud(found, account, root_key=account)
    else:
        cloud = AwsCloud(endpoint, account, embedded.put_event, ROOT, roles.embedded(account))

    def later(work: Any) -> None:
        workers.submit(_logged, work)

    ses = Ses(account, MailStore(mail), cloud, later=later, sandbox=sandbox, checks_dns=checks_dns)
    guardduty = GuardDuty(account, RoleCloud(endpoint, account), later)
    backend.watch_objects(partial(scanning.created, guardduty))
    pinpoint = make_pinpoint(cloud, ses, later)
    return Front(backend, ses, engines(guardduty, pinpoint, make_sms(cloud, ses, later))), ses


def make_sms(cloud: Any, ses: Any, later: Any) -> Any:
    """End User Messaging SMS, which tells the cloud that SES tells."""
    from .adapter.sms_writes import ServiceTexts
    from .engine.regions import Regions
    from .engine.sms.state import Region as SmsRegion

    texts = ServiceTexts(cloud.endpoint, cloud.account_id, cloud.put, cloud.client, cloud.assume)
    return Regions(lambda region: SmsRegion(region, cloud.account_id, texts, ses.clock, later))


def make_pinpoint(cloud: Any, ses: Any, later: Any) -> Any:
    """Pinpoint, which sends as SES's identities and writes to streams of the same cloud."""
    from .adapter.event_streams import RoleEventStreams
    from .engine.pinpoint.state import Region as PinpointRegion
    from .engine.regions import Regions
    from .engine.ses.addresses import identity_for

    streams = RoleEventStreams(cloud.endpoint, cloud.assume)

    def make(region: str) -> PinpointRegion:
        def verified(address: str) -> bool:
            return identity_for(ses.region(region), address) is not None

        return PinpointRegion(region, ses.account_id, streams, ses.clock, later, verified)

    return Regions(make)


async def open_dns(ses: Any) -> tuple[Any, int]:
    """The DNS server over our SES and the cloud's Route 53, open; and its port."""
    from .dns import server
    from .dns.answers import Answers
    from .dns.world import table

    opened = server.Server(Answers(lambda: table(ses, ses.cloud.zones)))
    udp, tcp = server.sockets(HOST)
    port = udp.getsockname()[1]
    await opened.open(udp, tcp)
    return opened, port


async def verify_domains(ses: Any) -> None:
    """Where SES checks DNS: look for the records of the domains that wait, once a second, until cancelled."""
    from .dns.world import verify

    while ses.checks_dns:
        await asyncio.sleep(1.0)
        await asyncio.to_thread(_logged, lambda: verify(ses, ses.cloud.zones))


def _logged(work: Any) -> None:
    try:
        work()
    except Exception:
        log.exception("what was left for later failed")


async def serve(
    folder: Path, name: str, region: str, sockets: list[socket.socket], *, sandbox: bool, checks_dns: bool
) -> None:
    """Serve until SIGTERM."""
    from . import web as http
    from .smtp.doors import open_doors
    from .smtp.tls import server_context
    from .smtp.users import Credentials, Users

    web, submission, inbound = sockets
    endpoint = f"http://{HOST}:{web.getsockname()[1]}"
    front, ses = make_front(endpoint, folder / "mail", sandbox=sandbox, checks_dns=checks_dns)
    who = Credentials("mailroom", secrets.token_urlsafe(18))
    users = Users(who, front.backend, region)
    doors = await open_doors(ses, region, server_context(folder), users, submission, inbound)
    ses.region(region)  # its hosts have names from the beginning
    names, dns_port = await open_dns(ses)
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    ready = asyncio.create_task(
        _say_ready(
            folder, _described(folder, name, region, endpoint, ses.account_id, who, doors, dns_port), endpoint
        )
    )
    clockwork = asyncio.gather(front.backend.run(), verify_domains(ses))
    await http.serve(front, web.detach(), over.wait)
    ready.cancel()
    clockwork.cancel()
    for door in (*doors, names):
        door.close()


def _described(
    folder: Path,
    name: str,
    region: str,
    endpoint: str,
    account_id: str,
    who: Any,
    doors: list[asyncio.Server],
    dns_port: int,
) -> dict[str, Any]:
    """What `mailroom local up --json` prints."""
    ports = [door.sockets[0].getsockname()[1] for door in doors]
    return {
        "aws": endpoint,
        "region": region,
        "account_id": account_id,
        "submission": {"host": HOST, "port": ports[0], "username": who.username, "password": who.password},
        "inbound": {"host": HOST, "port": ports[1]},
        "dns": {"host": HOST, "port": dns_port},
        "inbox": f"{endpoint}/_mailroom/inbox",
        "state": str(folder),
        "pid": os.getpid(),
        "name": name,
    }


async def _say_ready(folder: Path, described: dict[str, Any], endpoint: str) -> None:
    """Write state.json once the application answers (the lifespan has started by then)."""
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection(HOST, int(endpoint.rpartition(":")[2]))
            writer.write(b"GET /_mailroom/ready HTTP/1.1\r\nHost: ready\r\nConnection: close\r\n\r\n")
            if b"ready" in await reader.read():
                break
        await asyncio.sleep(0.05)
    state.write_json(folder / state.STATE, {**described, "birth": state.Process.of(os.getpid()).birth})


def main(arguments: list[str]) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(prog="mailroom.local.serve")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--region", required=True)
    parser.add_argument("--keeper", type=int, required=True)
    parser.add_argument("--port", type=int, default=int(os.environ.get("MAILROOM_LOCAL_PORT") or 0))
    parser.add_argument("--sandbox", action="store_true")
    parser.add_argument("--checks-dns", action="store_true")
    given = parser.parse_args(arguments)
    watch_keeper(given.keeper)
    # The Lambdas inherit this environment: nothing in it may lead them to the cloud's own packages.
    os.environ.pop("PYTHONPATH", None)
    sockets = [listening(given.port), listening(), listening()]
    from .adapter import embedded

    embedded.configure(sockets[0].getsockname()[1], given.region, given.folder)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s [%(name)s] %(message)s")
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    switches = {"sandbox": given.sandbox, "checks_dns": given.checks_dns}
    asyncio.run(serve(given.folder, given.name, given.region, sockets, **switches))
    sys.stderr.flush()
    os._exit(0)  # the emulator's threads are not waited for: the keeper ends the group anyway


if __name__ == "__main__":
    main(sys.argv[1:])
