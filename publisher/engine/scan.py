"""Folders in, signatures out: what the file system says of each source, without opening any. It imports nothing heavy.

A signature is size, time of change, time of status change and inode. Two files with one signature are taken for the same, as
git does; a file changed so lately that the clock could not tell gets no signature and is read again next time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import sys
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

from publisher.failure import PublisherError

#: Nanoseconds within which a file system may give two changes the same time.
_TICK = 50_000_000
#: The project's own static files, below ``templates/``.
ASSETS = "site/assets/"

Signatures = dict[str, str]


def scan_content(content: Path) -> Signatures:
    """The signature of every file below ``content/`` by its path relative to the root; ``liaison/`` and hidden names stay out."""
    if not content.is_dir():
        raise PublisherError(f"找不到内容文件夹 {content}", f"there is no content folder {content}")
    now = time.time_ns()
    return {f"{content.name}/{name}": sign(state, now) for name, state in _walk(str(content), "", frozenset({"liaison"}))}


def sign(state: os.stat_result, now: int) -> str:
    """The signature of a file; empty when it may change again without another time."""
    if now - state.st_mtime_ns < _TICK or now - state.st_ctime_ns < _TICK:
        return ""
    return f"{state.st_size}.{state.st_mtime_ns}.{state.st_ctime_ns}.{state.st_ino}"


def _walk(folder: str, prefix: str, skipped: frozenset[str] = frozenset()) -> Iterator[tuple[str, os.stat_result]]:
    """Every file as (path below the folder, state), in the order of the names."""
    try:
        items = sorted(os.scandir(folder), key=lambda item: item.name)
        for item in items:
            name = item.name
            if name.startswith(".") or name.endswith("~") or name in skipped or name == "__pycache__":
                continue
            if item.is_dir(follow_symlinks=False):
                yield from _walk(item.path, f"{prefix}{name}/")
            else:
                yield f"{prefix}{name}", item.stat(follow_symlinks=False)
    except FileNotFoundError:
        return  # it went while we looked: the next build sees it gone
    except OSError as error:
        raise PublisherError(f"读不了文件夹 {folder}：{error.strerror}", f"cannot read the folder {folder}: {error.strerror}") from error


def sign_environment(root: Path, *, shows_drafts: bool = False) -> str:
    """A fingerprint of all that every page depends on beside the content: settings, templates, this program, its libraries."""
    package = Path(__file__).parent.parent
    libraries = Path(sysconfig.get_path("purelib"))
    root = root.resolve()  # the same site, from wherever it is built
    digest = hashlib.blake2b(f"{sys.version}\0{root}\0{shows_drafts}".encode(), digest_size=16)
    now = time.time_ns()
    for path in (*_configurations(root), root / "content/taxonomy/tags.yml", root / "sources.json", libraries):
        try:
            digest.update(f"{path}\0{_sign_or_stamp(path.stat(), now)}\0".encode())
        except OSError:
            digest.update(f"{path}\0-\0".encode())
    _digest_folder(digest, root / "templates", now, ASSETS)
    _digest_folder(digest, package, now)
    return digest.hexdigest()


def sign_assets(root: Path) -> str:
    """A fingerprint of the project's own styles, scripts and images, which are copied and which no page is made from."""
    digest = hashlib.blake2b(digest_size=16)
    _digest_folder(digest, root / "templates" / ASSETS, time.time_ns())
    return digest.hexdigest()


def _digest_folder(digest: hashlib.blake2b, folder: Path, now: int, passed_over: str | None = None) -> None:
    place = folder.resolve()
    for name, state in _walk(str(place), ""):
        if name.endswith(".pyc") or (passed_over and name.startswith(passed_over)):
            continue
        digest.update(f"{name}\0{_sign_or_stamp(state, now)}\0".encode())
        if stat.S_ISLNK(state.st_mode):
            with contextlib.suppress(OSError):  # a link that leads nowhere is signed itself
                digest.update(f"{_sign_or_stamp((place / name).stat(), now)}\0".encode())


def _configurations(root: Path) -> list[Path]:
    """``mkdocs.yml`` and the files that it takes over by ``INHERIT``."""
    found = [root / "mkdocs.yml"]
    for path in found:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            inherited = re.search(r"^INHERIT:[ \t]*['\"]?([^'\"#\n]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
            if inherited and (other := path.parent / inherited[1].strip()) not in found:
                found.append(other)
    return found


def _sign_or_stamp(state: os.stat_result, now: int) -> str:
    """A signature, or one that holds for this build only."""
    return sign(state, now) or f"{now}"
