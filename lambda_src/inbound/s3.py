"""The raw bucket and the attachments bucket in S3."""

from contextlib import suppress
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambda_src.inbound.message import Sink
from lambda_src.inbound.ports import Mail, Stored
from lambda_src.inbound.records import NO_VERSION

# S3 takes parts from 5 MiB; one part is what a write holds in memory.
PART_BYTES = 8 * 1024 * 1024


class S3Object:
    """A stored message as a stream."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.size: int = answer["ContentLength"]
        self._body = answer["Body"]

    def read(self, size: int) -> bytes:
        """The next bytes. Raises where the connection ends before the object does."""
        return self._body.read(size)


class S3Store:
    """Reads one version of a raw object, and writes attachments."""

    def __init__(self, client: Any, attachments_bucket: str) -> None:
        self._client = client
        self._attachments_bucket = attachments_bucket

    def open_raw(self, mail: Mail) -> Stored:
        """The raw message as S3 keeps it under this version."""
        version = {} if mail.version == NO_VERSION else {"VersionId": mail.version}
        return S3Object(self._client.get_object(Bucket=mail.bucket, Key=mail.key, **version))

    def open_attachment(self, key: str) -> Sink:
        """A sink for a new object, or a new version of it."""
        return S3Sink(self._client, self._attachments_bucket, key)

    def copy_raw(self, mail: Mail, key: str) -> None:
        """A copy that S3 makes by itself. Only the bytes go along: tags would need rights of their own."""
        version = {} if mail.version == NO_VERSION else {"VersionId": mail.version}
        self._client.copy_object(
            Bucket=self._attachments_bucket,
            Key=key,
            CopySource={"Bucket": mail.bucket, "Key": mail.key, **version},
            MetadataDirective="REPLACE",
            TaggingDirective="REPLACE",
        )


class S3Sink:
    """One object written as it comes: in one call when it is small, else in parts."""

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self._client = client
        self._place = {"Bucket": bucket, "Key": key}
        self._waiting = bytearray()
        self._upload_id = ""
        self._parts: list[dict[str, Any]] = []

    def write(self, data: bytes) -> None:
        """Take the next bytes; a full part goes out."""
        self._waiting += data
        if len(self._waiting) >= PART_BYTES:
            self._upload_part()

    def close(self) -> None:
        """Complete the object."""
        if not self._upload_id:
            self._client.put_object(**self._place, Body=bytes(self._waiting))
            return
        if self._waiting:
            self._upload_part()
        self._client.complete_multipart_upload(
            **self._place, UploadId=self._upload_id, MultipartUpload={"Parts": self._parts}
        )

    def abort(self) -> None:
        """Drop the parts. Where even that fails, the bucket's lifecycle drops them after a day."""
        if self._upload_id:
            with suppress(ClientError, BotoCoreError):  # What made us stop is what counts.
                self._client.abort_multipart_upload(**self._place, UploadId=self._upload_id)

    def _upload_part(self) -> None:
        if not self._upload_id:
            self._upload_id = self._client.create_multipart_upload(**self._place)["UploadId"]
        number = len(self._parts) + 1
        body, self._waiting = self._waiting, bytearray()
        upload = {**self._place, "UploadId": self._upload_id}
        answer = self._client.upload_part(**upload, PartNumber=number, Body=body)
        self._parts.append({"PartNumber": number, "ETag": answer["ETag"]})
