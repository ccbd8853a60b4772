"""An environment's links table, as the operator asks it."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from mailroom.environment import Environment
from mailroom.errors import MailroomError

if TYPE_CHECKING:
    from lambda_src.shared.links_table import Link
    from mailroom.links.choice import Choice


class Table:
    """Every question but `list` without a choice is answered by a key or an index, never by a full scan."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._table = environment.output("links_table")
        self._dynamodb = environment.client("dynamodb")

    @classmethod
    def load(cls, env: str, name: str) -> "Table":
        """The table of an environment. Raises MailroomError where there is none."""
        return cls(Environment.load(env, name))

    def chosen(self, choice: "Choice") -> Iterator["Link"]:
        """The links of a choice, all where nothing was chosen. Raises MailroomError for names that are none.

        An index is a moment behind the table: links that are made this second may not be among them.
        """
        if choice.link:
            yield self.by_token(choice.link)
            return
        mail = self._mail_id(choice.message) if choice.message else ""
        if choice.attachment:
            found = self._indexed("object_key", self._object_key(choice.attachment))
        elif mail:
            found = self.of_mail(mail)
        elif choice.recipient:
            found = self._indexed("recipient", choice.recipient.lower())
        else:
            found = self._pages(self._dynamodb.scan)
        yield from (link for link in found if choice.takes(link) and mail in ("", link.mail))

    def of_mail(self, mail: str) -> Iterator["Link"]:
        """The links of a mail by its id, `<key>#<version>`."""
        return self._indexed("mail", mail)

    def by_token(self, text: str) -> "Link":
        """The link that this URL or token is. Raises MailroomError where there is none."""
        from lambda_src.shared.links_table import TOKEN, from_item, token_hash

        token = text.partition("?")[0].rstrip("/").rpartition("/")[2]
        if not TOKEN.fullmatch(token):
            raise MailroomError(
                f"{text} is no link of ours: those end in 43 letters, digits, _ and -.", "mailroom links list"
            )
        key = {"token_hash": {"S": token_hash(token)}}
        item = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        if not item:
            raise MailroomError(f"{self.environment.name} does not know this link.", "mailroom links list")
        return from_item(item)

    def revoke(self, link: "Link") -> bool:
        """Mark the link; False when it was revoked before, or is no longer there."""
        still = "attribute_exists(token_hash) AND attribute_not_exists(revoked_at)"
        return self._update(link, "SET revoked_at = :now", still)

    def restore(self, link: "Link") -> bool:
        """Take the mark away; False when there is none, or when the link has expired meanwhile."""
        return self._update(link, "REMOVE revoked_at", "attribute_exists(revoked_at) AND expires_at > :now")

    def _update(self, link: "Link", change: str, condition: str) -> bool:
        from botocore.exceptions import ClientError

        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"token_hash": {"S": link.token_hash}},
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeValues={":now": {"N": str(int(time.time()))}},
            )
        except ClientError as problem:
            if problem.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def _mail_id(self, message: str) -> str:
        """The mail's id: as it is, or of the newest version of the stored message with this key."""
        from mailroom.inbound.stored import find

        if "#" in message:
            return message
        bucket = self.environment.output("raw_bucket")
        return find(self.environment.client("s3"), bucket, message).ledger_key

    def _object_key(self, attachment: str) -> str:
        """An object key as it is; of a link or a token, the key of its file."""
        return attachment if attachment.startswith("attachments/") else self.by_token(attachment).object_key

    def _indexed(self, attribute: str, value: str) -> Iterator["Link"]:
        """By one of the table's indexes; each is called as its attribute."""
        return self._pages(
            self._dynamodb.query,
            IndexName=attribute,
            KeyConditionExpression="#key = :value",
            ExpressionAttributeNames={"#key": attribute},
            ExpressionAttributeValues={":value": {"S": value}},
        )

    def _pages(self, call: Callable[..., dict[str, Any]], **request: Any) -> Iterator["Link"]:
        from lambda_src.shared.links_table import from_item

        while True:
            answer = call(TableName=self._table, **request)
            yield from map(from_item, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
