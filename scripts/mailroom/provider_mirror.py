"""Find a provider mirror, for machines from which `terraform init` cannot download.

A mirror is a folder that holds `registry.terraform.io/…`, as `terraform providers mirror` writes it.
TF_PLUGIN_DIR names one. Without that, the usual system folders are looked through, but only after Terraform
itself has failed to reach the registry.
"""

from collections.abc import Mapping
from pathlib import Path

from mailroom.errors import MailroomError

REGISTRY = "registry.terraform.io"
USUAL_FOLDERS = (Path("/opt"), Path("/usr/share"), Path("/usr/local/share"))


def installed(folders: tuple[Path, ...] = USUAL_FOLDERS) -> Path | None:
    """The first mirror in these folders or one level below them."""
    for folder in folders:
        for candidate in (folder, *sorted(folder.glob("*/"))):
            if (candidate / REGISTRY).is_dir():
                return candidate
    return None


def named(environ: Mapping[str, str]) -> Path | None:
    """The mirror that TF_PLUGIN_DIR names, if it names one.

    Raises MailroomError where the folder is no mirror.
    """
    folder = environ.get("TF_PLUGIN_DIR")
    if not folder:
        return None
    if not (Path(folder) / REGISTRY).is_dir():
        raise MailroomError(
            f"TF_PLUGIN_DIR names {folder}, which holds no {REGISTRY}/ folder.",
            f"terraform -chdir=terraform providers mirror {folder}",
        )
    return Path(folder)
