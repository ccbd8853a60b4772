"""The table of corrections against the emulator that is installed."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from mailroom.errors import MailroomError
from mailroom.local import patches
from mailroom.local.patches import lambda_pool
from mailroom.local.patches.patch import Patch
from mailroom.local.patches.table import PATCHES


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.name)
def test_what_a_patch_replaces_is_what_it_was_written_for(patch: Patch) -> None:
    """A new emulator that changed a patched function fails here, by the function's name."""
    assert patch.source_hash() == patch.sha256, f"{patch.name} changed: read it again, then renew the hash"


def test_no_target_is_patched_twice() -> None:
    """The second would silently undo the first."""
    names = [patch.name for patch in PATCHES]
    assert len(set(names)) == len(names)


def test_every_patch_says_what_was_wrong() -> None:
    """A correction without a reason cannot be taken out again."""
    assert all(len(patch.why) > 10 for patch in PATCHES)


def test_the_emulator_is_the_one_that_was_read() -> None:
    """The version that is installed is the one that the table names."""
    assert version("ministack") == patches.VERSION


@pytest.mark.parametrize(
    "target", ["ministack.core.sigv4:uri_encode", "ministack.core.sigv4:was_never_there"]
)
def test_a_changed_emulator_does_not_start(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    """Where a target changed or is gone, nothing is patched, and the error says what to do."""
    strange = Patch(target, "a reason that is long enough", "0" * 64, lambda original: original)
    monkeypatch.setattr(patches, "PATCHES", (strange,))
    with pytest.raises(MailroomError, match=target.partition(":")[2]) as caught:
        patches.apply()
    assert patches.VERSION in caught.value.hint


def test_a_patch_can_be_put_in_place_again() -> None:
    """Twice is once: the original is kept, and its hash is still the original's."""
    import ministack.core.sigv4 as module

    def make(original):  # type: ignore[no-untyped-def]
        return lambda value, encode_slash=True: f"wrapped {original(value, encode_slash)}"

    patch = Patch("ministack.core.sigv4:uri_encode", "to be tried out", "", make)
    original, before = module.uri_encode, patch.source_hash()
    try:
        patch.install()
        patch.install()
        assert module.uri_encode("a b") == "wrapped a%20b"
        assert patch.source_hash() == before
    finally:
        module.uri_encode = original


def test_a_method_of_a_class_is_patched_and_found_again() -> None:
    """`module:Class.method` names it; the class keeps its other methods."""
    from ministack.core.lambda_runtime import Worker

    patch = Patch(
        "ministack.core.lambda_runtime:Worker.kill", "to be tried out", "", lambda original: lambda self: 7
    )
    original, before = Worker.kill, patch.source_hash()
    try:
        patch.install()
        assert Worker.kill(None) == 7
        assert (patch.original(), patch.source_hash()) == (original, before)
    finally:
        Worker.kill = original


def test_an_operation_in_its_modules_table_is_patched_too() -> None:
    """The emulator looks operations up there; a second time replaces the first replacement."""
    from ministack.services import firehose as module

    named, original = "DeleteDeliveryStream", module._delete_delivery_stream
    present = module._HANDLERS[named]
    patch = Patch(
        "ministack.services.firehose:_delete_delivery_stream",
        "to be tried out",
        "",
        lambda original: lambda data: 7,
    )
    try:
        patch.install()
        patch.install()
        assert module._HANDLERS[named]({}) == 7
        assert patch.original() is getattr(original, "__mailroom_original__", original)
    finally:
        module._delete_delivery_stream = module._HANDLERS[named] = present


@pytest.mark.parametrize(("named", "workers"), [("", 4), ("9", 9), ("0", 1), ("many", 4)])
def test_how_many_workers_a_function_has_is_a_setting(
    named: str, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number in the environment, at least one; else four."""
    monkeypatch.setenv(lambda_pool.VARIABLE, named)
    assert lambda_pool.most_workers() == workers
