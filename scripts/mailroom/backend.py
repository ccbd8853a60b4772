"""Where an environment's state is kept: in S3, or, in a clone that tries Mailroom out, in a local file.

`mailroom init ENV --local-state` writes terraform/backend_override.tf, which git ignores. Terraform takes its
backend in place of the one in versions.tf, for the whole clone: an environment with its state in S3 would
look empty here, and an apply would make it a second time. So that is refused.
"""

from pathlib import Path

from mailroom import paths
from mailroom.errors import MailroomError

OVERRIDE = "backend_override.tf"
LOCAL = "local"


def is_local(root: Path = paths.TERRAFORM) -> bool:
    """Whether this clone keeps state in local files."""
    return (root / OVERRIDE).exists()


def config(
    environment: str, root: Path, data_dir: Path | None = None, state_bucket: str | None = None
) -> list[str]:
    """What `terraform init -backend-config` gets for an environment.

    The state of the environment `local` goes with its cloud: in a clone with local files it is in `data_dir`.
    Raises MailroomError where the clone and the environment keep their state in different places.
    """
    files = root / "environments"
    if is_local(root):
        if environment == LOCAL:
            return [f"path={(data_dir or root) / 'local.tfstate'}"]
        if not (files / f"{environment}.local.tfbackend").exists():
            raise MailroomError(
                f"This clone keeps state in local files (terraform/{OVERRIDE}, written by `mailroom init "
                f"… --local-state`), and {environment} does not: here it would look empty, and an apply "
                "would make all of it a second time. Work on it in another clone, or end the trial in this "
                "one: make destroy for the environment that is tried out, then remove that file.",
                f"rm terraform/{OVERRIDE} (after the destroy)",
            )
        return [f"environments/{environment}.local.tfbackend"]
    if (files / f"{environment}.local.tfbackend").exists():
        raise MailroomError(
            f"{environment} keeps its state in a local file (environments/{environment}.local.tfbackend), "
            f"but terraform/{OVERRIDE}, which says so to Terraform, is gone.",
            f"mailroom init {environment} --local-state (writes it again, and nothing else)",
        )
    bucket = [f"bucket={state_bucket}"] if state_bucket else []
    return [f"environments/{environment}.s3.tfbackend", *bucket]
