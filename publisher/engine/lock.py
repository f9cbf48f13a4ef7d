"""One build of a site at a time: the second waits and says for whom. A lock dies with the process that holds it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from publisher.failure import PublisherError

#: Seconds that a second build waits for the first.
PATIENCE = 120.0


@contextmanager
def hold(file: Path, waiting: Callable[[str], None] = lambda _holder: None, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock; ``waiting`` is told once who has it. Raises `PublisherError` when it is not given up in time."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise PublisherError(f"写不了 {file}：{error.strerror}", f"cannot write {file}: {error.strerror}") from error
    try:
        _wait(handle, waiting, patience)
        with suppress(OSError):  # on a full disk those who wait are not told for whom
            os.ftruncate(handle, 0)
            os.write(handle, f"{os.getpid()}".encode())
        yield
    finally:
        os.close(handle)


def _wait(handle: int, waiting: Callable[[str], None], patience: float) -> None:
    try:
        import fcntl
    except ImportError:  # no such lock on this system: builds are not kept apart
        return
    end = time.monotonic() + patience
    is_told = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.lseek(handle, 0, os.SEEK_SET)
            holder = os.read(handle, 32).decode("ascii", "replace") or "?"
            if not is_told:
                waiting(holder)
                is_told = True
            if time.monotonic() >= end:
                zh = f"另一个生成正在进行（进程 {holder}），等了 {patience:.0f} 秒；请稍后再试"
                raise PublisherError(zh, f"another build is running (process {holder}); waited {patience:.0f} s") from None
            time.sleep(0.05)
        else:
            return
