"""`mailroom links`: which links there are, and how one is withdrawn."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailroom.options import AsJson, Env, Name

if TYPE_CHECKING:
    from lambda_src.shared.links_table import Link

app = typer.Typer(help="Links to attachments: list them, withdraw them.", no_args_is_help=True)

Message = Annotated[str, typer.Option("--message", help="All links of this stored message (its object key).")]
RecipientOption = Annotated[str, typer.Option("--recipient", help="All links that this address was sent.")]


@app.command("list")
def list_links(
    message: Message = "",
    recipient: RecipientOption = "",
    as_json: AsJson = False,
    env: Env = "local",
    name: Name = "default",
) -> None:
    """List links: file, size, recipient, until when, whether they still open. (The URL is kept nowhere.)

    mailroom links list --message incoming/abc123
    mailroom links list --recipient ann@example.com --json
    """
    table = _Table(env, name)
    rows = [_row(link) for link in table.links(message, recipient)]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        typer.echo("{state:8} until {expires}  {name} ({size} bytes)  to {recipient}  {mail}".format(**row))
    typer.echo(f"{len(rows)} link{'' if len(rows) == 1 else 's'}", err=True)


@app.command()
def revoke(
    link: Annotated[str, typer.Argument(metavar="[LINK]", help="A link as it was sent, or its token.")] = "",
    message: Message = "",
    recipient: RecipientOption = "",
    as_json: AsJson = False,
    env: Env = "local",
    name: Name = "default",
) -> None:
    """Withdraw links: one, or all of a message or a recipient. The next click on them is refused.

    mailroom links revoke https://…/jsdf…
    mailroom links revoke --message incoming/abc123
    """
    from mailroom.errors import MailroomError

    if (bool(link), bool(message), bool(recipient)).count(True) != 1:
        raise MailroomError(
            "Say which links: one LINK, or --message KEY, or --recipient ADDRESS.", "mailroom links list"
        )
    table = _Table(env, name)
    links = [table.by_token(link)] if link else list(table.links(message, recipient))
    revoked = sum(table.revoke(found) for found in links)
    before = len(links) - revoked
    if as_json:
        typer.echo(json.dumps({"revoked": revoked, "revoked_before": before}))
    else:
        typer.echo(f"revoked: {revoked}" + (f" (and {before} that were revoked before)" if before else ""))


class _Table:
    """An environment's links table."""

    def __init__(self, env: str, name: str) -> None:
        from mailroom.environment import Environment

        self._environment = Environment.load(env, name)
        self._table = self._environment.output("links_table")
        self._dynamodb = self._environment.client("dynamodb")

    def links(self, message: str, recipient: str) -> Iterator["Link"]:
        """The links of a message, of a recipient (in any case of letters), of both, or all there are."""
        from lambda_src.shared.links_table import from_item

        for item in self._of_message(message) if message else self._pages(self._dynamodb.scan):
            found = from_item(item)
            if not recipient or found.recipient.lower() == recipient.lower():
                yield found

    def by_token(self, text: str) -> "Link":
        """The link that this URL or token is. Raises MailroomError where there is none."""
        from lambda_src.shared.links_table import TOKEN, from_item, token_hash
        from mailroom.errors import MailroomError

        token = text.partition("?")[0].rstrip("/").rpartition("/")[2]
        if not TOKEN.fullmatch(token):
            raise MailroomError(
                f"{text} is no link of ours: those end in 43 letters, digits, _ and -.", "mailroom links list"
            )
        key = {"token_hash": {"S": token_hash(token)}}
        item = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        if not item:
            raise MailroomError(f"{self._environment.name} does not know this link.", "mailroom links list")
        return from_item(item)

    def revoke(self, link: "Link") -> bool:
        """Mark the link; False when it was revoked before."""
        from botocore.exceptions import ClientError

        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"token_hash": {"S": link.token_hash}},
                UpdateExpression="SET revoked_at = :now",
                ConditionExpression="attribute_exists(token_hash) AND attribute_not_exists(revoked_at)",
                ExpressionAttributeValues={":now": {"N": str(int(time.time()))}},
            )
        except ClientError as problem:
            if problem.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def _of_message(self, message: str) -> Iterator[dict[str, Any]]:
        from mailroom.inbound.stored import find

        if "#" not in message:
            bucket = self._environment.output("raw_bucket")
            message = find(self._environment.client("s3"), bucket, message).ledger_key
        yield from self._pages(
            self._dynamodb.query,
            IndexName="mail",
            KeyConditionExpression="mail = :mail",
            ExpressionAttributeValues={":mail": {"S": message}},
        )

    def _pages(self, call: Callable[..., dict[str, Any]], **request: Any) -> Iterator[dict[str, Any]]:
        while True:
            answer = call(TableName=self._table, **request)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _row(link: "Link") -> dict[str, Any]:
    state = "revoked" if link.revoked_at else "expired" if link.expires_at <= time.time() else "open"
    return {
        "state": state,
        "name": link.name,
        "content_type": link.content_type,
        "size": link.size,
        "sha256": link.sha256,
        "recipient": link.recipient,
        "mail": link.mail,
        "object_key": link.object_key,
        "token_hash": link.token_hash,
        "created": _time(link.created_at),
        "expires": _time(link.expires_at),
        "revoked": _time(link.revoked_at) if link.revoked_at else None,
    }


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
