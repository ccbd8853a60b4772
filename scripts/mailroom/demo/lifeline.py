"""Notice at once when the local cloud is gone: Terraform would go on asking it for more than a minute."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from mailroom.errors import MailroomError
from mailroom.local.cloud import LocalCloud
from mailroom.local.state import Process

CHECK_SECONDS = 0.5
LOST = signal.SIGUSR2  # not SIGINT, which is ignored below a shell's background job


@contextmanager
def lifeline(cloud: LocalCloud) -> Iterator[None]:
    """While the cloud's process lives, nothing; when it is gone, a MailroomError in the main thread."""
    process, over = Process.of(cloud.pid), threading.Event()

    def lost(_number: int, _frame: FrameType | None) -> None:
        raise MailroomError("The local cloud ended in the middle of the demo.", "make demo")

    def watch() -> None:
        while not over.wait(CHECK_SECONDS):
            if not process.alive:
                os.kill(os.getpid(), LOST)  # a signal also ends the wait for Terraform's next line
                return

    before = signal.signal(LOST, lost)
    threading.Thread(target=watch, daemon=True, name="lifeline").start()
    try:
        yield
    finally:
        over.set()
        signal.signal(LOST, before)
