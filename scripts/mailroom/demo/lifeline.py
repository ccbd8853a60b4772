"""Notice at once when the local cloud is gone: Terraform would go on asking it for more than a minute."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mailroom.errors import MailroomError
from mailroom.local.cloud import LocalCloud
from mailroom.local.state import Process

CHECK_SECONDS = 0.5


@contextmanager
def lifeline(cloud: LocalCloud) -> Iterator[None]:
    """While the cloud's process lives, nothing; when it is gone, a MailroomError."""
    process, over, lost = Process.of(cloud.pid), threading.Event(), threading.Event()

    def watch() -> None:
        while not over.wait(CHECK_SECONDS):
            if not process.alive:
                lost.set()
                # A real signal: it also ends the wait for Terraform's next line.
                os.kill(os.getpid(), signal.SIGINT)
                return

    threading.Thread(target=watch, daemon=True, name="lifeline").start()
    try:
        yield
    except KeyboardInterrupt:
        if lost.is_set():
            raise MailroomError("The local cloud ended in the middle of the demo.", "make demo") from None
        raise
    finally:
        over.set()
