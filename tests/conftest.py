"""For all tests: nothing of the developer's own AWS set-up may reach a test."""

import os

for name in list(os.environ):
    if name.startswith(("AWS_", "LOCALSTACK_", "TF_CLI", "TF_VAR")) and name != "AWS_CA_BUNDLE":
        del os.environ[name]
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
os.environ["AWS_DEFAULT_REGION"] = "eu-west-1"
