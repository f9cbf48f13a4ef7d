"""A built site in, its text files compressed beside them out: ``index.html.gz`` and ``.br``, for servers that send such files as they lie there.

A compressed file has the time of its source to the nanosecond, and is right exactly when it has: no record is needed. Before a
source is replaced or removed its compressed files go (`publisher.engine.output`), so that at no moment, whatever dies, an old
text is served for a new file. A marker below ``var/`` says that a folder has such files.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from publisher.engine.output import PACKED
from publisher.failure import PublisherError

#: Below this many bytes compression saves less than the bookkeeping of a server costs.
LEAST = 1024
_TEXT = frozenset((".css", ".html", ".ics", ".js", ".json", ".opml", ".svg", ".txt", ".xml"))


def pack_site(out: Path, files: Iterable[tuple[str, int, int]], marker: Path, processes: int | None) -> int:
    """Compress what has no compressed file of its own time; ``files`` are path, size and time. Gives how many were written."""
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.touch()
    due = [out / path for path, size, mtime in files if _is_text(path, size) and not all(_is_of(out / (path + suffix), mtime) for suffix in PACKED)]
    try:
        with ThreadPoolExecutor(processes or os.cpu_count()) as pool:  # both compressors let other threads run
            for _ in pool.map(_pack, due):
                pass
    except OSError as error:
        raise PublisherError(f"压缩不了 {error.filename}：{error.strerror}", f"cannot compress {error.filename}: {error.strerror}") from error
    return len(due) * len(PACKED)


def unpack_site(out: Path, files: Iterable[tuple[str, int, int]], marker: Path) -> int:
    """Remove every compressed file of a folder that has such; gives how many."""
    if not marker.exists():
        return 0
    found = [name for path, size, _ in files if _is_text(path, size) for suffix in PACKED if (name := out / (path + suffix)).exists()]
    for name in found:
        name.unlink()
    marker.unlink()
    return len(found)


def _is_text(path: str, size: int) -> bool:
    return size > LEAST and os.path.splitext(path)[1] in _TEXT  # noqa: PTH122


def _is_of(packed: Path, mtime_ns: int) -> bool:
    try:
        return packed.stat().st_mtime_ns == mtime_ns
    except FileNotFoundError:
        return False


def _pack(file: Path) -> None:
    data, state = file.read_bytes(), file.stat()
    for suffix, compress in _COMPRESSORS.items():
        draft = file.with_name(f".{file.name}{suffix}.tmp")
        draft.write_bytes(compress(data))
        os.utime(draft, ns=(state.st_atime_ns, state.st_mtime_ns))
        draft.replace(file.with_name(file.name + suffix))


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)


def _brotli(data: bytes) -> bytes:
    import brotli

    packed: bytes = brotli.compress(data, mode=brotli.MODE_TEXT, quality=9)
    return packed


_COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {".gz": _gzip, ".br": _brotli}
