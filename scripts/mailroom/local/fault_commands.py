"""`mailroom local fault …`."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from mailroom.errors import MailroomError
from mailroom.options import AsJson, Name

app = typer.Typer(help="Let calls go wrong on purpose, as AWS's do now and then.", no_args_is_help=True)


@app.command()
def add(
    kind: Annotated[
        str,
        typer.Argument(
            help="throttle, error, reset, lost-answer, delay, kill-before, kill-after or kill-answer."
        ),
    ],
    service: Annotated[str, typer.Option(help="boto3's name of the service: sesv2, s3, dynamodb, …")] = "*",
    operation: Annotated[str, typer.Option(help="The API's name: SendEmail, PutObject, …")] = "*",
    function: Annotated[str, typer.Option(help="Only calls made by this Lambda function.")] = "",
    skip: Annotated[int, typer.Option(help="Let so many matching calls pass first.")] = 0,
    times: Annotated[int, typer.Option(help="Strike so many times; 0: until cleared.")] = 1,
    share: Annotated[float, typer.Option(help="Strike this share of the calls: 0.1 is every tenth.")] = 1.0,
    seconds: Annotated[float, typer.Option(help="How long a delay is.")] = 0.0,
    name: Name = "default",
    as_json: AsJson = False,
) -> None:
    """Arm a fault.

    mailroom local fault add throttle --service sesv2 --operation SendEmail --times 3

    mailroom local fault add kill-after --service sesv2 --function mailroom-local-inbound
    """
    from . import cloud, faults

    try:
        fault = faults.Fault(kind, service, operation, function, skip, times, share, seconds)
    except ValueError as problem:
        raise MailroomError(f"{problem}.", "mailroom local fault add --help") from None
    armed = faults.add(cloud.running(name), fault)
    print(json.dumps({"id": armed}) if as_json else f"{armed}: {faults.KINDS[kind]}.")


@app.command("list")
def list_all(name: Name = "default", as_json: AsJson = False) -> None:
    """The faults that are armed, and how often each matched and struck."""
    from . import cloud, faults

    listed = faults.listing(cloud.running(name))
    if as_json:
        print(json.dumps(listed))
        return
    for one in listed:
        print(f"{one['id']:<4} {one['kind']:<12} {_words(one)}")
        print(f"     matched {one['matched']}, struck {one['struck']}")
    if not listed:
        print("No fault is armed.")


@app.command()
def clear(name: Name = "default", as_json: AsJson = False) -> None:
    """Disarm all faults."""
    from . import cloud, faults

    faults.clear(cloud.running(name))
    print(json.dumps([]) if as_json else "No fault is armed any more.")


def _words(fault: dict[str, Any]) -> str:
    """What a fault is about, for people."""
    caller = f" by {fault['function']}" if fault["function"] else ""
    often = f"{fault['times']} time{'' if fault['times'] == 1 else 's'}" if fault["times"] else "always"
    more = f", after {fault['skip']}" if fault["skip"] else ""
    more += f", {fault['share']:.0%} of them" if fault["share"] < 1 else ""
    more += f", {fault['seconds']:g} s" if fault["seconds"] else ""
    return f"{fault['service']} {fault['operation']}{caller}, {often}{more}"
