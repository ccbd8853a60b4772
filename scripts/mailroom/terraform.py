"""Terraform, driven from Python: the one wrapper around python-terraform.

python-terraform builds the command line and starts the process. What it gets wrong is put right here and
nowhere else: its `destroy` sends `-force`, which Terraform no longer has; it passes the flag `synchronous`
on to Terraform unless it is None; it takes the environment of this process and no other.
"""

import fcntl
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from python_terraform import IsFlagged
from python_terraform import Terraform as PythonTerraform

from mailroom import backend, paths, provider_mirror, tether
from mailroom.errors import MailroomError

logging.getLogger("python_terraform").setLevel(logging.CRITICAL)  # it logs failures as bytes; we show them

# Most of an apply is waiting inside the provider (25 s for each SQS queue), so all of it goes side by side.
PARALLELISM = 40

LOCK_FILE = ".terraform.lock.hcl"
PLUGIN_CACHE = paths.BUILD / "terraform-plugins"

Event = dict[str, Any]


class _Tethered(PythonTerraform):
    """Starts Terraform so that it and its providers end with this process, killed outright included."""

    def generate_cmd_string(self, cmd: str, *args: str, **kwargs: Any) -> list[str]:
        """The command line as a list, behind a tether."""
        return [sys.executable, tether.__file__, "--", *super().generate_cmd_string(cmd, *args, **kwargs)]


@dataclass(frozen=True)
class Terraform:
    """The root module as one environment sees it.

    `environment` names the files in `terraform/environments`; `data_dir` is Terraform's working folder
    (TF_DATA_DIR), one for each environment and local cloud; `variables` are more environment variables for
    Terraform, such as a local cloud's endpoint. `patience_seconds` is how long an interrupted change may take
    to stop in order; None: as long as it needs. `values` and `state_bucket` stand in place of what the files
    say, where they are set.
    """

    environment: str
    data_dir: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    root: Path = paths.TERRAFORM
    patience_seconds: float | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    state_bucket: str | None = None

    @property
    def var_file(self) -> str:
        """The environment's values, relative to the root module."""
        return f"environments/{self.environment}.tfvars"

    @property
    def _values(self) -> dict[str, Any]:
        """The options that say what the variables are: of two files the later counts."""
        if not self.values:
            return {"var_file": self.var_file}
        file = self.data_dir / "values.tfvars.json"
        file.write_text(json.dumps(dict(self.values)))
        return {"var_file": [self.var_file, str(file)]}

    @property
    def _backend_config(self) -> list[str]:
        return backend.config(self.environment, self.root, self.data_dir, self.state_bucket)

    def init(self, *, backend: bool = True) -> None:
        """Initialise: backend, modules, provider (from a mirror where Terraform cannot download)."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        lock = self.root / LOCK_FILE
        if not lock.exists():  # a module by itself: the root's hashes hold for it too
            shutil.copy(paths.TERRAFORM / LOCK_FILE, lock)
        mirror = provider_mirror.named(os.environ)
        if mirror:
            self._init(backend, mirror, "TF_PLUGIN_DIR names it")
            return
        try:
            self._init(backend)
        except MailroomError as problem:
            mirror = provider_mirror.installed() if provider_mirror.REGISTRY in problem.message else None
            if not mirror:
                raise
            self._init(backend, mirror, f"{provider_mirror.REGISTRY} cannot be reached from here")

    def _init(self, backend: bool, mirror: Path | None = None, reason: str = "") -> None:
        if mirror:
            print(f"The AWS provider is taken from {mirror} ({reason}).", file=sys.stderr)
        # Terraform's provider cache does not stand two inits at once.
        with (paths.BUILD / "terraform-init.lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            self._run(
                "init",
                backend=None if backend else False,
                backend_config=self._backend_config if backend else None,
                reconfigure=IsFlagged,
                lockfile="readonly",
                plugin_dir=str(mirror) if mirror else None,
            )

    def plan(self, *, quiet: bool = False, keep: Path | None = None, lock: bool = True) -> bool:
        """Plan; True when something would change. The plan itself goes to stdout unless `quiet`.

        `keep` is a file for the plan; without `lock` nothing at all is written, and a plan that meets an
        apply may be wrong.
        """
        code, _ = self._run(
            "plan",
            show=not quiet,
            good=(0, 2),
            detailed_exitcode=IsFlagged,
            out=str(keep) if keep else None,
            lock=None if lock else False,
            **self._values,
        )
        return code == 2

    def show(self, plan: Path) -> str:
        """A kept plan as people read it; values that are marked sensitive are not in it."""
        _, text = self._run("show", str(plan), input=None)
        return text

    def show_json(self, plan: Path) -> dict[str, Any]:
        """A kept plan as programs read it (JSON output format), with every value: not to be shown."""
        _, text = self._run("show", str(plan), json=IsFlagged, input=None)
        document: dict[str, Any] = json.loads(text)
        return document

    def state(self) -> dict[str, Any]:
        """The state as it is kept; {} where there is none yet. Not to be shown."""
        _, text = self._run("state pull", no_color=None, input=None)
        state: dict[str, Any] = json.loads(text) if text.strip() else {}
        return state

    def changes(self) -> list[dict[str, Any]]:
        """What an apply would do to each resource, as `resource_changes` of `terraform show -json` has it."""
        with tempfile.TemporaryDirectory(prefix="plan-", dir=self.data_dir) as folder:
            file = Path(folder) / "plan"
            self.plan(quiet=True, keep=file)
            return list(self.show_json(file).get("resource_changes", []))

    def apply(self, watch: Callable[[Event], None] | None = None, plan: Path | None = None) -> None:
        """Apply, or apply the kept `plan` and nothing else. With `watch` nobody is asked, and it gets each
        event of `terraform apply -json`."""
        self._change("apply", watch, plan)

    def destroy(self, watch: Callable[[Event], None] | None = None) -> None:
        """Destroy. With `watch` nobody is asked, and it is called with each event."""
        self._change("destroy", watch)

    def validate(self) -> None:
        """Check the module's code; raises MailroomError with Terraform's words."""
        self._run("validate", input=None)

    def test(self) -> str:
        """Run the module's `*.tftest.hcl` files; raises MailroomError with Terraform's words."""
        _, text = self._run("test", input=None)
        return text

    def outputs(self) -> dict[str, Any]:
        """The root module's outputs by name; empty where nothing was applied."""
        _, text = self._run("output", json=IsFlagged, parallelism=None, input=None)
        return {name: output["value"] for name, output in json.loads(text).items()}

    def _change(self, command: str, watch: Callable[[Event], None] | None, plan: Path | None = None) -> None:
        # A plan has its variables in it.
        arguments, values = ([str(plan)], {}) if plan else ([], self._values)
        if watch is None:
            self._run(command, *arguments, show=True, input=True, **values)
            return
        errors: list[str] = []
        for event in self._events(command, *arguments, **values):
            if event.get("@level") == "error":
                errors.append(_words(event))
            watch(event)
        if errors:
            raise MailroomError(f"terraform {command} failed:\n" + "\n".join(errors))

    def _events(self, command: str, *arguments: str, **options: Any) -> Iterator[Event]:
        """The machine-readable lines of a change as they come; a failure is among them as an error."""
        with self._python_terraform() as terraform:
            process, _, _ = terraform.cmd(
                command,
                *arguments,
                synchronous=None,  # None: python-terraform would hand `False` on to Terraform as a flag
                json=IsFlagged,
                auto_approve=IsFlagged,
                input=False,
                parallelism=PARALLELISM,
                **options,
            )
        assert process.stdout is not None  # noqa: S101 (for the type checker)
        try:
            for line in process.stdout:
                try:
                    yield json.loads(line)
                except ValueError:
                    yield {"@level": "error", "@message": line.decode(errors="replace").strip()}
        finally:
            _end(process, self.patience_seconds)
        if process.returncode not in (0, 1):  # 1 has been told by error events
            yield {"@level": "error", "@message": f"Terraform ended with {process.returncode}"}

    def _run(
        self, command: str, *arguments: str, show: bool = False, good: tuple[int, ...] = (0,), **options: Any
    ) -> tuple[int, str]:
        defaults = {"input": False, "no_color": None if show else IsFlagged}
        if command in ("plan", "apply", "destroy"):
            defaults["parallelism"] = PARALLELISM
        with self._python_terraform() as terraform:
            code, out, err = terraform.cmd(
                command, *arguments, capture_output=not show, **{**defaults, **options}
            )
        if code not in good:
            raise MailroomError(
                f"terraform {command} failed ({code})." + (f"\n{err or out}" if not show else "")
            )
        return code, out or ""

    @contextmanager
    def _python_terraform(self) -> Iterator[PythonTerraform]:
        """python-terraform with this environment's variables in place of what is left over in ours."""
        binary = paths.TOOLS / "terraform"
        if not binary.exists():
            raise MailroomError("There is no Terraform in build/tools.", "make setup")
        before = dict(os.environ)
        # A CLI configuration file that is named but missing is a warning on every command.
        if not Path(os.environ.get("TF_CLI_CONFIG_FILE", __file__)).exists():
            del os.environ["TF_CLI_CONFIG_FILE"]
        # One download of the provider (over 100 MB) for all environments and modules of this clone.
        PLUGIN_CACHE.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("TF_PLUGIN_CACHE_DIR", str(PLUGIN_CACHE))
        os.environ.update(
            self.variables, TF_DATA_DIR=str(self.data_dir), TF_IN_AUTOMATION="1", CHECKPOINT_DISABLE="1"
        )
        try:
            yield _Tethered(working_dir=str(self.root), terraform_bin_path=str(binary))
        finally:
            os.environ.clear()
            os.environ.update(before)


def _words(event: Event) -> str:
    """What an error event says, with the place in the code where Terraform names one."""
    diagnostic = event.get("diagnostic") or {}
    place = diagnostic.get("range") or {}
    where = f"{place['filename']}:{place['start']['line']}: " if place else ""
    detail = f"\n  {diagnostic['detail']}" if diagnostic.get("detail") else ""
    return f"{where}{diagnostic.get('summary') or event.get('@message', '')}{detail}"


def _end(process: "subprocess.Popen[bytes]", patience_seconds: float | None) -> None:
    """Wait for Terraform; when we are leaving early, ask it to stop first, so that its state is written.

    After `patience_seconds` its tether kills it, with its providers.
    """
    if process.poll() is None and sys.exc_info()[0] is not None:
        process.terminate()
        try:
            process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(tether.KILL_NOW)
    process.wait()
