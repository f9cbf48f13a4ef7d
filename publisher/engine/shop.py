"""What files are made with: templates, the theme's frames and static files, the output folder. Each is opened when it is first needed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

from publisher.engine.output import Output
from publisher.settings import Settings
from publisher.site.frames import Frames, Layout, Shell
from publisher.site.render import Renderer

#: The libraries whose new version may write other bytes.
_LIBRARIES = ("comrak", "css-inline", "feedgen", "icalendar", "jinja2", "lxml", "mkdocs-material", "orjson")


class Shop:
    """The tools of one build."""

    def __init__(self, settings: Settings, out: Path, load_shell: Callable[[Path], Shell], program: str, frames: Mapping[Layout, list[str]]) -> None:
        self._settings, self._load = settings, load_shell
        self._shell: Shell | None = None
        self.program = program
        self.output = Output(out)
        self.frames = Frames(settings.site_url, settings.site_description, self.shell, frames)
        self.renderer = Renderer(settings.templates, self.frames, program)

    def shell(self) -> Shell:
        """The theme's frame, rendered by the theme itself."""
        if self._shell is None:
            self._shell = self._load(self._settings.root)
        return self._shell

    def supply(self, pieces: Mapping[Layout, list[str]]) -> None:
        """Take over frames that another process has cut."""
        self.frames.pieces.update(pieces)


def fingerprint_program() -> str:
    """A digest of this program's own text and of the versions of what it writes with: other code may make other bytes from the same values."""
    digest = hashlib.blake2b(digest_size=16)
    package = Path(__file__).parent.parent
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    for name in _LIBRARIES:
        digest.update(f"{name}=={version(name)}\0".encode())
    return digest.hexdigest()
