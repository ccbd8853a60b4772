"""The command `mailroom sending records`."""

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.options import AsJson, Env, Name

if TYPE_CHECKING:
    from mailroom.environment import Environment
    from mailroom.sending.check import Finding
    from mailroom.sending.records import Record


# Columns of a terminal from which on there is room to say why a record is needed.
ROOM_FOR_REASONS = 140


def records(
    domain: Annotated[
        str, typer.Argument(metavar="[DOMAIN]", help="Only what this domain and those below it need.")
    ] = "",
    zone_file: Annotated[bool, typer.Option("--zone-file", help="As a zone file to import.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Ask DNS for each, and say what it has.")] = False,
    as_json: AsJson = False,
    env: Env = "local",
    name: Name = "default",
) -> None:
    """Show the DNS records that the domains need: as a table, as JSON, or as a zone file (RFC 1035).

    With --check DNS is asked for each of them, and the exit code is 1 where one is missing or differs.

        mailroom sending records --env dev
        mailroom sending records mail.example.com --env dev --zone-file > mail.example.com.zone
        mailroom sending records mail.example.com --env dev --check
    """
    from mailroom.environment import Environment
    from mailroom.errors import MailroomError
    from mailroom.sending.records import of_domain, read

    if zone_file and (as_json or check):
        raise MailroomError("A zone file is by itself: leave out --json and --check.")
    environment = Environment.load(env, name)
    found = of_domain(read(environment.output("dns_records")), domain, env)
    if zone_file:
        from mailroom.sending.zone_file import zone_file as written

        title = f"DNS records of {domain or 'all domains'} in {env}, by `mailroom sending records`"
        typer.echo(written(found, domain, title), nl=False)
    elif check:
        _show_check(environment, found, as_json)
    elif as_json:
        typer.echo(json.dumps([asdict(record) for record in found]))
    else:
        show(found)


def show(found: "list[Record]", findings: "list[Finding] | None" = None) -> None:
    """Print records as a table; with findings, what DNS said of each. Nothing is cut short."""
    from rich.console import Console
    from rich.table import Table

    # A pipe has no width: names and keys stay on one line there.
    console = Console(width=None if sys.stdout.isatty() else 250, markup=False, highlight=False)
    headings = ["type", "name", "value", "DNS" if findings else "where"]
    if console.width >= ROOM_FOR_REASONS:
        headings.append("why")
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading in ("type", "where", "DNS"))
    for number, record in enumerate(found):
        place = findings[number].state if findings else "Route 53" if record.made else "to paste"
        row = (record.type, record.name, record.value, place, record.why)
        table.add_row(*row[: len(headings)])
    console.print(table)


def _show_check(environment: "Environment", found: "list[Record]", as_json: bool) -> None:
    from mailroom.inbound.doctor.dns import RealDns
    from mailroom.sending.check import DIFFERS, OK, UNANSWERED, look_at_all

    findings = look_at_all(found, RealDns(environment.dns))
    wrong = [finding for finding in findings if finding.state != OK]
    if as_json:
        rows = [asdict(one.record) | {"state": one.state, "found": one.found} for one in findings]
        typer.echo(json.dumps(rows))
    else:
        show(found, findings)
        for one in wrong:
            if one.state == DIFFERS:
                typer.echo(f"{one.record.name} {one.record.type}: DNS has {', '.join(one.found)}")
        deaf = [one.found[0] for one in wrong if one.state == UNANSWERED]
        if deaf:
            typer.echo(deaf[0] + (f" And {len(deaf) - 1} more." if deaf[1:] else ""))
        typer.echo(f"{len(findings) - len(wrong)} of {len(findings)} records are there.", err=True)
    raise typer.Exit(1 if wrong else 0)
