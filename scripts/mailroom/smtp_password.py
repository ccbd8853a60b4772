"""The SMTP password that belongs to a secret access key, as AWS documents it.

SES developer guide, "Obtaining Amazon SES SMTP credentials by converting existing AWS credentials". The user
name is the access key's id. The Region is part of it: a password is good in one Region.
"""

import base64
import hashlib
import hmac

VERSION = b"\x04"
STEPS = ("ses", "aws4_request", "SendRawEmail")
DATE = "11111111"
"""Always the same: it stands where a signature (version 4) has its day."""


def smtp_password(secret_access_key: str, region: str) -> str:
    """The password for email-smtp.<region>.amazonaws.com, 44 characters of base64."""
    key = f"AWS4{secret_access_key}".encode()
    for step in (DATE, region, *STEPS):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    return base64.b64encode(VERSION + key).decode()
