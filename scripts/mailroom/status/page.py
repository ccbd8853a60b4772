"""The command `mailroom status page`."""

import json
from typing import Annotated

import typer

from mailroom.options import AsJson, Env, Name


def page(
    env: Env = "local",
    name: Name = "default",
    port: Annotated[
        int, typer.Option(help="The port on this machine; 0 takes a free one.", min=0, max=65535)
    ] = 0,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
    as_json: AsJson = False,
) -> None:
    """Open the status page on this machine, with your own access to the environment's status API.

    What the page asks is signed with your AWS credentials, or carries the key in MAILROOM_STATUS_KEY. Only
    this machine's browser can use it, at the address that is printed, until Ctrl-C.

    mailroom status page
    mailroom status page --env prod --no-open
    """
    from mailroom.environment import Environment
    from mailroom.errors import MailroomError
    from mailroom.status.asking import Api
    from mailroom.status.page_server import Page, address, listen

    shown = Page.of(Api.of(Environment.load(env, name)))
    try:
        server = listen(shown, port)
    except OSError as problem:
        raise MailroomError(
            f"Port {port} cannot be used: {problem.strerror}.", "mailroom status page --port 0"
        ) from None
    at = address(shown, server)
    if as_json:
        typer.echo(json.dumps({"url": at, "api": shown.api.url}))
    else:
        typer.echo(f"The status page of {env} is at {at}\nCtrl-C ends it.")
    if open_browser:
        import webbrowser

        webbrowser.open(at)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        typer.echo("The status page is closed.", err=True)
    finally:
        server.server_close()
