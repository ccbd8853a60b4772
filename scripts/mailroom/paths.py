"""Where things are in this clone. Nothing else in the code spells these folders."""

from pathlib import Path


def clone() -> Path:
    """The folder of the clone that this package is run from: the one that holds `pyproject.toml`."""
    return next(
        folder for folder in Path(__file__).resolve().parents if (folder / "pyproject.toml").is_file()
    )


CLONE = clone()
TERRAFORM = CLONE / "terraform"
ENVIRONMENTS = TERRAFORM / "environments"
BUILD = CLONE / "build"
TOOLS = BUILD / "tools"


def modules() -> list[Path]:
    """The folders that hold a Terraform module: the root first, then `modules/*`."""
    return [TERRAFORM, *sorted(path.parent for path in TERRAFORM.glob("modules/*/main.tf"))]
