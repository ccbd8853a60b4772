"""A mail that a rule encrypts: only who may use the key can read it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY = "arn:aws:kms:eu-west-1:000000000000:key/1234abcd"


@pytest.fixture
def sealed(door: Any, cloud: Any) -> tuple[str, bytes, dict[str, str]]:
    """A mail stored by a rule with a key, and the same mail by one without: id, object, metadata."""
    door.rule(
        {"S3Action": {"BucketName": "sealed", "KmsKeyArn": KEY}},
        {"S3Action": {"BucketName": "plain"}},
        name="seal",
    )
    message_id = door.mail()
    return message_id, cloud.objects["sealed", message_id], cloud.metadata["sealed", message_id]


def test_what_is_stored_opens_with_the_data_key(sealed: Any, cloud: Any) -> None:
    """AES-256 in GCM: the nonce is in the metadata, the tag at the end of the object; a changed byte is seen."""
    message_id, body, metadata = sealed
    plain, key_arn, _ = cloud.data_keys[base64.b64decode(metadata["x-amz-key-v2"])]
    nonce = base64.b64decode(metadata["x-amz-iv"])
    original = cloud.objects["plain", message_id]
    assert AESGCM(plain).decrypt(nonce, body, None) == original
    assert (key_arn, len(plain), len(nonce), len(body)) == (KEY, 32, 12, len(original) + 16)
    with pytest.raises(InvalidTag):
        AESGCM(plain).decrypt(nonce, body[:-20] + bytes([body[-20] ^ 1]) + body[-19:], None)


def test_the_metadata_is_the_encryption_client_s(sealed: Any, cloud: Any) -> None:
    """The names, and the context that KMS binds the data key to, are those of a published object of SES."""
    message_id, _, metadata = sealed
    context = {
        "aws:ses:message-id": message_id,
        "aws:ses:rule-name": "seal",
        "aws:ses:source-account": "000000000000",
        "kms_cmk_id": KEY,
    }
    assert json.loads(metadata["x-amz-matdesc"]) == context
    assert next(iter(cloud.data_keys.values()))[2] == context
    assert {name: metadata[name] for name in metadata if name.endswith(("alg", "len", "length"))} == {
        "x-amz-cek-alg": "AES/GCM/NoPadding",
        "x-amz-wrap-alg": "kms",
        "x-amz-tag-len": "128",
        "x-amz-unencrypted-content-length": str(len(cloud.objects["plain", message_id])),
    }


def test_each_mail_has_a_key_of_its_own(door: Any, cloud: Any) -> None:
    """SES asks for a unique data key for every mail."""
    door.rule({"S3Action": {"BucketName": "sealed", "KmsKeyArn": KEY}})
    for _ in range(2):
        door.mail()
    assert len({found["x-amz-key-v2"] for found in cloud.metadata.values() if found}) == 2
    assert len({found["x-amz-iv"] for found in cloud.metadata.values() if found}) == 2
