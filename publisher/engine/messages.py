"""What goes between the processes of a build and into the ledger: plain values and bytes, and how they are packed."""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import pickle
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from publisher.content.images import ImageFile
from publisher.content.taxonomy import Taxonomy
from publisher.engine.ledger import FileRow
from publisher.problems import Problem
from publisher.settings import Settings
from publisher.site.heads import EditionHead

#: The unit that is only checked: the rules that belong to no single entry.
ACROSS = "check:across"
#: How many bytes of digest the settings are kept under.
_DIGEST = 16
#: The unit of the files of the search index that belong to no volume.
CONTENTS = "contents"


class Reading(NamedTuple):
    """What became of one source: plain values and bytes, cheap to send from one process to another."""

    path: str
    sort: str
    id: str
    title: str
    fingerprint: str
    head: bytes | None
    since: float
    until: float
    change: float
    problems: list[Problem]
    unread: tuple[str, ...]


class News(NamedTuple):
    """What has changed in the content as a whole: packed heads by id, images by path, ids by path, rows by name; None for what is gone.

    ``cells`` are the catalogue's names for all of it, ``problems`` those of ids that are taken twice, by path.
    """

    heads: dict[str, bytes | None]
    editions: dict[str, bytes | None]
    images: dict[str, bytes | None]
    ids: dict[str, str | None]
    rows: dict[str, tuple[str, ...]]
    unread: frozenset[str]
    cells: set[str]
    problems: dict[str, list[Problem]]


class Standpoint(NamedTuple):
    """From where the content is looked at."""

    settings: Settings
    taxonomy: Taxonomy
    as_of: datetime
    shows_drafts: bool = False


class Checked(NamedTuple):
    """The problems of one unit, and the marks of the cells it read."""

    unit: str
    problems: list[Problem]
    reads: bytes


class Made(NamedTuple):
    """What became of one file: its bytes, or None when the one that lies there was made from the same; its row lacks size and time then."""

    row: FileRow
    data: bytes | None


class Planned(NamedTuple):
    """What became of one unit: the marks of the cells it read, and its files."""

    unit: str
    reads: bytes
    files: list[Made]


def marks(cells: Iterable[str]) -> bytes:
    """Four bytes for each cell. Two cells may share a mark: then a unit is planned in vain, and its files are found to be right."""
    return b"".join([mark(cell) for cell in sorted(cells)])


def mark(cell: str) -> bytes:
    """The mark of one cell."""
    return crc32(cell.encode()).to_bytes(4, "big")


def pack_image(image: ImageFile) -> bytes:
    """What others may know of an image."""
    return marshal.dumps((image.name, image.width, image.height, image.fingerprint))


def unpack_image(root: Path, data: bytes) -> ImageFile:
    """Read what `pack_image` wrote."""
    name, width, height, fingerprint = marshal.loads(data)  # noqa: S302  # our own ledger
    return ImageFile(root / name, name, width, height, fingerprint)


def unpack_edition(data: bytes) -> EditionHead:
    """Read the packed head of an edition."""
    return EditionHead(*marshal.loads(data))  # noqa: S302  # our own ledger


def pack_problems(problems: Sequence[Problem]) -> bytes:
    """Warnings for the ledger."""
    return pickle.dumps(list(problems))


def unpack_problems(data: bytes) -> list[Problem]:
    """Read what `pack_problems` wrote."""
    found: list[Problem] = pickle.loads(data)  # noqa: S301  # our own ledger
    return found


def pack_settings(settings: Settings) -> str:
    """Settings as the ledger keeps them, under their digest: a spoilt byte must not become another setting."""
    data = pickle.dumps(settings)
    return (_digest(data) + data).hex()


def unpack_settings(data: object) -> Settings | None:
    """The settings that were packed; None for anything else, for they can be read anew."""
    with contextlib.suppress(ValueError):
        whole = bytes.fromhex(str(data))
        if whole and whole[:_DIGEST] == _digest(whole[_DIGEST:]):
            found: Settings = pickle.loads(whole[_DIGEST:])  # noqa: S301  # our own ledger
            return found
    return None


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST).digest()
