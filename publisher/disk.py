"""Bytes to a file that is there whole or not at all. What is written ten thousand times in a build has its own way (`publisher.engine.output`)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from publisher.failure import PublisherError


def put_whole(path: Path, data: bytes, *, is_private: bool = False) -> None:
    """Write a file, its folder too, over the one that may be there, whose permissions it keeps; raises `PublisherError`.

    What ``is_private`` is readable by its owner alone from its first byte on.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600 if is_private else 0o666)
        if not is_private and path.exists():
            draft.chmod(path.stat().st_mode & 0o777)
        draft.write_bytes(data)
        draft.replace(path)
    except OSError as error:
        raise PublisherError(f"写不了 {path}：{error.strerror}", f"cannot write {path}: {error.strerror}") from error
    finally:
        with suppress(OSError):  # what could not be made cannot be removed either
            draft.unlink(missing_ok=True)
