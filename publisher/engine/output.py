"""Bytes in, files out: each file is replaced whole, and nothing is touched that this program has not made."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from publisher.failure import PublisherError

#: How a page of ours is known: the mark that `publisher.site.frames` leaves in every head.
_MARK = b'<meta name="generator" content="publisher">'
#: The file at the top of a folder that holds the office's internal site (`publisher.internal`): nothing public may be put there.
INTERNAL_MARK = ".publisher-internal"
#: What is added to the name of a file that is compressed (`publisher.engine.packing`).
PACKED = (".gz", ".br")


class Output:
    """The folder of one site."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self._base = f"{out}/"
        self._folders: set[str] = set()
        #: Whether the folder was empty when the build began: what a file is then need not be asked before it is written.
        self.is_fresh = False
        #: Whether there may be compressed files beside ours: they go before the file itself changes.
        self.is_packed = False

    def guard(self, *, is_ours: bool) -> None:
        """Refuse a folder that holds what this program has not made; ``is_ours`` says that it may be emptied."""
        for folder in (self.out, *self.out.resolve().parents):
            if (folder / INTERNAL_MARK).exists():
                raise PublisherError(f"{folder} 是内部网站，公开的网站不能写进去", f"{folder} is an internal site, and no place for a public one")
        if not self.out.exists():
            return
        if not self.out.is_dir():
            raise PublisherError(f"{self.out} 不是文件夹", f"{self.out} is not a folder")
        if not is_ours and any(self.out.iterdir()) and not self._is_our_site():
            raise PublisherError(
                f"{self.out} 里有不是本程序生成的文件，为免误删没有写入；请换一个空文件夹",
                f"{self.out} holds files that this program did not make; choose an empty folder",
            )

    def _is_our_site(self) -> bool:
        index = self.out / "index.html"
        return index.is_file() and _MARK in index.read_bytes()

    def put(self, path: str, data: bytes) -> tuple[int, int, bool]:
        """Bring one file to some bytes; gives its size, its time in nanoseconds, and whether it was written."""
        full = self._base + path
        try:
            if not self.is_fresh and (state := _holds(full, data)) is not None:
                return state.st_size, state.st_mtime_ns, False
            try:
                state = self._replace(full, data)
            except (FileExistsError, IsADirectoryError, NotADirectoryError):
                self._clear_way(path)
                state = self._replace(full, data)
        except OSError as error:
            raise PublisherError(f"写不了 {full}：{error.strerror}", f"cannot write {full}: {error.strerror}") from error
        return state.st_size, state.st_mtime_ns, True

    def _replace(self, full: str, data: bytes) -> os.stat_result:
        """Write beside the file and rename over it: a reader meets the old file or the new one, whole."""
        folder = full.rpartition("/")[0]
        if folder not in self._folders:
            _make_folder(folder)
            self._folders.add(folder)
        draft = f"{folder}/.{os.getpid()}.tmp"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            try:
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(handle, rest) :]
                state = os.fstat(handle)
            finally:
                os.close(handle)
            if self.is_packed and not self.is_fresh:
                _drop_packed(full)
            os.replace(draft, full)  # noqa: PTH105
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        return state

    def _clear_way(self, path: str) -> None:
        """Take away a file where a folder must be, or a folder where a file must be: the folder is ours, and something else stood there."""
        for folder in [self.out / parent for parent in Path(path).parents if parent != Path()]:
            if folder.is_symlink() or folder.is_file():
                folder.unlink()
        if (self.out / path).is_dir():
            shutil.rmtree(self.out / path)

    def is_as_written(self, path: str, size: int, mtime_ns: int) -> bool:
        """Whether a file is still what was written."""
        try:
            state = os.stat(self._base + path)  # noqa: PTH116
        except OSError:
            return False
        return state.st_size == size and state.st_mtime_ns == mtime_ns

    def list_files(self) -> set[str]:
        """Every file of the folder, however it came there."""
        return {path.relative_to(self.out).as_posix() for path in self.out.rglob("*") if not path.is_dir() or path.is_symlink()}

    def remove(self, names: Iterable[str]) -> None:
        """Remove files, and the folders that become empty."""
        for name in names:
            path = self.out / name
            try:
                if self.is_packed:
                    _drop_packed(str(path))
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                path.unlink(missing_ok=True)
                for folder in path.relative_to(self.out).parents:
                    if folder != Path() and not any((self.out / folder).iterdir()):
                        (self.out / folder).rmdir()
            except (FileNotFoundError, NotADirectoryError):
                continue  # the folder went with an earlier file
            except OSError as error:
                raise PublisherError(f"删不了 {path}：{error.strerror}", f"cannot remove {path}: {error.strerror}") from error


def _make_folder(folder: str) -> None:
    """Make a folder, and those above it where they are missing: `os.makedirs` asks after each first, and this is done ten thousand times."""
    try:
        os.mkdir(folder)  # noqa: PTH102
    except (FileExistsError, FileNotFoundError):
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103  # it raises where a file stands


def _drop_packed(full: str) -> None:
    """Take away what is compressed beside a file."""
    for suffix in PACKED:
        try:
            os.unlink(full + suffix)  # noqa: PTH108  # done for every file of a clean build
        except (FileNotFoundError, NotADirectoryError):
            continue


def _holds(full: str, data: bytes) -> os.stat_result | None:
    """The state of a file that already has some bytes."""
    try:
        state = os.stat(full)  # noqa: PTH116
        if state.st_size != len(data):
            return None
        with open(full, "rb") as file:  # noqa: PTH123
            return state if file.read() == data else None
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
