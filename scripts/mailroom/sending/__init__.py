"""`mailroom sending`: what a domain that may send needs beside Terraform."""

import typer

from mailroom.sending import adopt_command, byodkim_command, records_command, smtp_credentials

app = typer.Typer(
    help="A domain that may send: its DNS records, what SES has already, SMTP credentials, keys of your own.",
    no_args_is_help=True,
)
app.command("records")(records_command.records)
app.command("adopt")(adopt_command.adopt)
app.command("byodkim")(byodkim_command.byodkim)
app.add_typer(smtp_credentials.app, name="smtp-credentials")
