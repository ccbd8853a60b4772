"""`mailroom sending`: what a domain that may send needs beside Terraform."""

import typer

from mailroom.sending import smtp_credentials

app = typer.Typer(help="A domain that may send: SMTP credentials for it.", no_args_is_help=True)
app.add_typer(smtp_credentials.app, name="smtp-credentials")
