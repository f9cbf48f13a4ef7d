"""Image files in, their sizes out. It copies nothing and changes no image."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from publisher.content.source import MAX_BYTES
from publisher.problems import Problem, Span

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif"})
_GPS = 0x8825  # the EXIF tag that holds where a photograph was taken


@dataclass(frozen=True, slots=True)
class ImageFile:
    """An image of the content folder: where it is, its size in pixels, and the fingerprint of its bytes."""

    path: Path
    name: str
    width: int
    height: int
    fingerprint: str

    @property
    def url(self) -> str:
        """The address relative to the site's root."""
        return self.name.removeprefix("content/")


def inspect_image(path: Path, name: str) -> ImageFile | Problem:
    """Read an image's size; refuses broken files, and photographs that tell where they were taken."""
    from PIL import Image, UnidentifiedImageError  # most builds open no image

    try:
        if not path.is_file():  # a pipe would keep us waiting for ever
            return Problem("unreadable-file", Span(name), {"reason": "不是普通文件", "english": "not a regular file"})
        size = path.stat().st_size
        if size > 2 * MAX_BYTES:
            return Problem("file-too-large", Span(name), {"size": round(size / 1048576, 1), "limit": 2 * MAX_BYTES // 1048576})
        with Image.open(path) as image:
            width, height = image.size
            if image.getexif().get_ifd(_GPS):
                return Problem("image-location", Span(name), {"value": name})
        return ImageFile(path, name, width, height, hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest())
    except (OSError, RuntimeError, UnidentifiedImageError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        if isinstance(error, FileNotFoundError | PermissionError):
            return Problem("unreadable-file", Span(name), {"reason": error.strerror or str(error), "english": error.strerror or str(error)})
        return Problem("unreadable-image", Span(name), {"value": name})
