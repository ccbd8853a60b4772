"""The SMTP password of a secret access key."""

import pytest

from mailroom.smtp_password import smtp_password


@pytest.mark.parametrize(
    ("secret", "region", "password"),
    [
        # The vectors of the Terraform AWS provider (internal/service/iam/access_key_test.go, MPL-2.0).
        ("some+secret+key", "eu-central-1", "BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2"),
        ("another+secret+key", "eu-central-1", "BBbphbrQmrKMx42d1N6+C7VINYEBGI5v9VsZeTxwskfh"),
        ("some+secret+key", "us-west-1", "BH+jbMzper5WwlwUar9E1ySBqHa9whi0GPo+sJ0mVYJj"),
        ("another+secret+key", "us-west-1", "BKVmjjMDFk/qqw8EROW99bjCS65PF8WKvK5bSr4Y6EqF"),
        # The secret key of AWS's own sample, taken through the documented steps with `openssl dgst -mac HMAC`.
        (
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "us-west-2",
            "BF2PynzbSCAjX08zhZZnP/kW+T9P5zs/1Er0pi5vTEmd",
        ),
        (
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "eu-west-1",
            "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk",
        ),
    ],
)
def test_it_is_derived_as_aws_documents(secret: str, region: str, password: str) -> None:
    """Others who implement the developer guide come to the same passwords, one for each Region."""
    assert smtp_password(secret, region) == password
