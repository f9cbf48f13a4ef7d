"""Where the internal site may be written, and writing it: into a folder beside, for its owner alone, which then takes the old one's place."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from publisher.engine.ledger import Ledger
from publisher.engine.output import INTERNAL_MARK
from publisher.failure import PublisherError
from publisher.liaison.places import public_place


def refuse(root: Path, out: Path) -> None:
    """Raise `PublisherError` when a folder is or holds a public site, or anything that an internal build has not made."""
    target = out.resolve()
    if words := public_place(root, target):
        raise PublisherError(*words)
    ledger = Ledger(root / "var", out)
    if ledger.has_claim or ledger.file.exists():
        raise PublisherError(f"{out} 里生成过公开的网站，内部网站不能写进去", f"{out} has held a public site")
    if target.exists() and not target.is_dir():
        raise PublisherError(f"{out} 不是文件夹", f"{out} is not a folder")
    if target.is_dir() and any(target.iterdir()) and not (target / INTERNAL_MARK).exists():
        words = f"{out} 里有不是内部网站的文件，为免误删没有写入；请换一个空文件夹", f"{out} holds files that this program did not make"
        raise PublisherError(*words)
    for folder in target.parents:
        if (folder / INTERNAL_MARK).exists():
            raise PublisherError(f"{folder} 是内部网站，不能再写进一个", f"{folder} is an internal site")


class Draft:
    """A folder beside the internal site, readable by its owner alone, that becomes the site when everything is written."""

    def __init__(self, out: Path) -> None:
        self._out = out.resolve()
        self._folder = self._out.with_name(f".{self._out.name}.{os.getpid()}.tmp")
        self._old = self._out.with_name(f".{self._out.name}.{os.getpid()}.old")
        self._made: set[Path] = set()

    def __enter__(self) -> Draft:
        """Begin; what a build that was killed left is removed."""
        try:
            self._out.parent.mkdir(parents=True, exist_ok=True)
            for old in () if self._out.exists() else self._out.parent.glob(f".{self._out.name}.*.old"):
                old.rename(self._out)
                break
            for left in (*self._out.parent.glob(f".{self._out.name}.*.tmp"), *self._out.parent.glob(f".{self._out.name}.*.old")):
                shutil.rmtree(left)
            self._folder.mkdir(mode=0o700)
        except OSError as error:
            raise _failure(self._folder, error) from error
        self.put(INTERNAL_MARK, "这是内部网站，不得外传。\n".encode())
        return self

    def put(self, path: str, data: bytes) -> None:
        """Write one file."""
        file = self._folder / path
        try:
            if file.parent not in self._made:
                for folder in reversed([parent for parent in file.relative_to(self._folder).parents if parent != Path()]):
                    (self._folder / folder).mkdir(mode=0o700, exist_ok=True)
                self._made.add(file.parent)
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as opened:
                opened.write(data)
        except OSError as error:
            raise _failure(file, error) from error

    def take_place(self) -> None:
        """Become the site; the old one stays until then."""
        try:
            if self._out.exists():
                self._out.rename(self._old)
            self._folder.rename(self._out)
            shutil.rmtree(self._old, ignore_errors=True)
        except OSError as error:
            raise _failure(self._out, error) from error

    def __exit__(self, *_: object) -> None:
        """Whatever happened, no half-written folder stays, and the old site is where it was."""
        if self._old.exists() and not self._out.exists():
            self._old.rename(self._out)
        shutil.rmtree(self._folder, ignore_errors=True)


def _failure(path: Path, error: OSError) -> PublisherError:
    return PublisherError(f"写不了 {path}：{error.strerror}", f"cannot write {path}: {error.strerror}")
