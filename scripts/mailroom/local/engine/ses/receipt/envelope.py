"""A mail encrypted before it is stored, as SES does it with the Amazon S3 encryption client.

Sources: KMS developer guide, "How Amazon SES uses AWS KMS" (a data key for each mail, encrypted under the
rule's key with the encryption context below; it lies in the object's metadata), and the S3 encryption
client's format "AES/GCM/NoPadding" with wrapping "kms", whose metadata is as in an object of SES that
aws-sdk-net has as a test.
"""

from __future__ import annotations

import base64
import json
import secrets

from .mail import Run

IV_BYTES = 12
TAG_BITS = 128
SES_KEY = "alias/aws/ses"
"""The key that AWS keeps for SES in each account: no policy needs to name it."""


def context_of(account_id: str, rule: str, message_id: str, key_arn: str) -> dict[str, str]:
    """What KMS binds a data key to. SES's own three, and the key as the encryption client adds it."""
    return {
        "aws:ses:message-id": message_id,
        "aws:ses:rule-name": rule,
        "aws:ses:source-account": account_id,
        "kms_cmk_id": key_arn,
    }


def sealed(run: Run, key_arn: str, body: bytes, role_arn: str) -> tuple[bytes, dict[str, str]]:
    """An object's content and metadata (without the x-amz-meta- of the wire). Raises Refused where SES may
    not use the key."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    region = run.region
    context = context_of(region.account_id, run.rule["Name"], run.mail.id, key_arn)
    plain, encrypted = region.cloud.generate_data_key(
        region.name, run.source_arn, key_arn, context, role_arn=role_arn
    )
    iv = secrets.token_bytes(IV_BYTES)
    return AESGCM(plain).encrypt(iv, body, None), {
        "x-amz-key-v2": base64.b64encode(encrypted).decode(),
        "x-amz-iv": base64.b64encode(iv).decode(),
        "x-amz-cek-alg": "AES/GCM/NoPadding",
        "x-amz-wrap-alg": "kms",
        "x-amz-matdesc": json.dumps(context, separators=(",", ":")),
        "x-amz-tag-len": str(TAG_BITS),
        "x-amz-unencrypted-content-length": str(len(body)),
    }
