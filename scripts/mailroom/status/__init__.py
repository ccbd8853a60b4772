"""`mailroom status`: where is my message, however its events arrived."""

import typer

from mailroom.status import (
    backfill_command,
    drill_command,
    explain_command,
    key_commands,
    page,
    show_command,
)

app = typer.Typer(
    help="Where is my message: explain events, ask for a message, its keys, its archive.",
    no_args_is_help=True,
)
app.command("explain")(explain_command.explain)
app.command("show")(show_command.show)
app.command("page")(page.page)
app.command("drill")(drill_command.drill)
app.command("backfill")(backfill_command.backfill)
app.add_typer(key_commands.app, name="key")
