"""The command `mailroom sending byodkim`."""

from pathlib import Path
from typing import Annotated

import typer

from mailroom.options import DryRun, Env, Name


def byodkim(
    domain: Annotated[str, typer.Argument(help="A domain of the environment.")],
    key_file: Annotated[
        Path, typer.Option("--key-file", help="The private key: a PEM file, RSA of 1024 to 2048 bits.")
    ],
    dry_run: DryRun = False,
    env: Env = "local",
    name: Name = "default",
) -> None:
    """Give SES the private key for a domain that is signed with a key of your own (BYODKIM).

    The environment's file holds the selector and the public half, which Terraform publishes; the private
    half goes from your file to SES and is kept nowhere else. With --dry-run nothing is sent, and where the
    environment's file does not have the line yet, it is printed.

        openssl genrsa -out dkim.pem 2048
        mailroom sending byodkim mail.example.com --key-file dkim.pem --env dev
    """
    from mailroom.environment import Environment
    from mailroom.sending.byodkim import hand_over, read_key, selector_of
    from mailroom.sending.records import read

    key = read_key(key_file)
    environment = Environment.load(env, name)
    file = f"terraform/environments/{env}.tfvars"
    selector = selector_of(domain, key, read(environment.output("dns_records")), file)
    if dry_run:
        typer.echo(f"SES would get the private key of {selector}._domainkey.{domain}; nothing was sent.")
        return
    status = hand_over(environment.client("sesv2"), domain, selector, key)
    typer.echo(f"{domain} is signed with {selector}._domainkey.{domain}. SES says of its record: {status}.")
    if status != "SUCCESS":
        typer.echo(f"Until it finds the record: mailroom sending records {domain} --check --env {env}")
