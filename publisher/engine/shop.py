"""What files are made with: templates, the theme's frames and static files, the output folder. Each is opened when it is first needed."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from publisher.engine.output import Output
from publisher.settings import Settings
from publisher.site.frames import Frames, Layout, Shell
from publisher.site.meta import site_words
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
        self.frames = Frames(site_words(settings), self.shell, frames)
        self.renderer = Renderer(settings.templates, self.frames, program, settings.root / "var" / "templates" / program)

    def forget_templates(self) -> None:
        """Throw away what was compiled from other templates or by another program."""
        kept = self._settings.root / "var" / "templates"
        for folder in kept.iterdir() if kept.is_dir() else ():
            if folder.name != self.program:
                shutil.rmtree(folder, ignore_errors=True)

    def shell(self) -> Shell:
        """The theme's frame, rendered by the theme itself."""
        if self._shell is None:
            self._shell = self._load(self._settings.root)
        return self._shell

    def prepare(self) -> None:
        """Do what every process would otherwise do for itself: cut the frames, compile the templates."""
        self.frames.prepare()
        self.renderer.prepare()

    def supply(self, pieces: Mapping[Layout, list[str]]) -> None:
        """Take over frames that another process has cut."""
        self.frames.pieces.update(pieces)


def fingerprint_program(templates: Path) -> str:
    """A digest of the templates, of this program's own text and of the versions of what it writes with.

    Other templates or other code may make other bytes from the same values.
    """
    from importlib.metadata import version  # takes as long to load as an edit's page to make, and an edit knows the digest

    digest = hashlib.blake2b(digest_size=16)
    package = Path(__file__).parent.parent
    for folder, pattern in ((package, "*.py"), (templates / "site" / "pages", "*"), (templates / "email", "*")):
        for path in sorted(path for path in folder.rglob(pattern) if path.is_file() and not path.name.startswith(".")):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    for name in _LIBRARIES:
        digest.update(f"{name}=={version(name)}\0".encode())
    return digest.hexdigest()
