"""`mailroom inbound`: ask what would be done with a mail, work stored ones again, look why none comes."""

import typer

from mailroom.inbound import commands, doubtful_commands, replay_command, rotate_command

app = typer.Typer(
    help="Mail in: explain a message, work stored ones again, settle doubts, find troubles.",
    no_args_is_help=True,
)
app.command("explain")(commands.explain)
app.command("replay")(replay_command.replay)
app.add_typer(doubtful_commands.app, name="doubtful")
app.command("doctor")(commands.doctor)
app.command("rotate-address")(rotate_command.rotate_address)
