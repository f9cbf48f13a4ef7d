"""A plan in, files out: renders what changed, replaces each file atomically, removes what the plan no longer names."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from publisher.problems import PublisherError
from publisher.site.artifacts import RANK_ASSET, Artifact
from publisher.site.ledger import Ledger, Row
from publisher.site.prepare import Prepared
from publisher.site.render import Renderer, Shell

#: How a page of ours is known: the mark that `publisher.material.shell` leaves in every head.
_MARK = b'<meta name="generator" content="publisher">'


@dataclass
class BuildReport:
    """What a build did: counts of files, and the paths written and removed."""

    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: int = 0
    seconds: float = 0.0

    @property
    def wrote(self) -> int:
        return len(self.written)


def build_site(
    prepared: Prepared,
    shell: Shell,
    out: Path,
    *,
    is_clean: bool = False,
    is_ours: bool = False,
    only: Callable[[Artifact], bool] | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> BuildReport:
    """Bring ``out`` to what the plan says.

    ``is_clean`` makes every file anew; ``is_ours`` says that the folder may be emptied without asking; ``only`` limits the
    build to some artifacts and then removes nothing. Raises `PublisherError` when the disk or a template fails; files
    already replaced are whole, the others are as they were.
    """
    started = time.perf_counter()
    ledger = Ledger.open(prepared.settings.root / "var", out)
    _guard(out, is_ours=is_ours or not ledger.is_new)
    if is_clean:
        ledger.forget()
    renderer = Renderer(prepared.settings.templates, shell)
    artifacts = [*_theme_assets(shell), *prepared.artifacts]
    chosen = [artifact for artifact in artifacts if only is None or only(artifact)]
    _check_paths(artifacts)
    report = BuildReport()
    writer = _Writer(out, ledger, report)
    try:
        for index, artifact in enumerate(chosen):
            writer.bring(artifact, renderer)
            progress(index + 1, len(chosen))
        if only is None:
            writer.prune({artifact.path for artifact in artifacts})
    finally:
        ledger.is_new = ledger.is_new and only is not None
        ledger.commit()
    report.seconds = time.perf_counter() - started
    return report


def _theme_assets(shell: Shell) -> Iterable[Artifact]:
    for name, path in sorted(shell.assets().items()):
        digest = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
        yield Artifact(name, "copy", {"source": str(path), "fingerprint": digest}, rank=RANK_ASSET)


def _check_paths(artifacts: list[Artifact]) -> None:
    """Two artifacts for one file would overwrite each other at every build."""
    seen: dict[str, Artifact] = {}
    for artifact in artifacts:
        other = seen.setdefault(artifact.path.lower(), artifact)
        if other is not artifact:
            names = f"{other.path} / {artifact.path}"
            raise PublisherError(f"两处内容要写同一个文件：{names}；检查标签的“网址名”", f"two things would write one file: {names}")


def _guard(out: Path, *, is_ours: bool) -> None:
    """Never prune a folder that this program has not made."""
    if is_ours or not out.exists():
        return
    if not out.is_dir():
        raise PublisherError(f"{out} 不是文件夹", f"{out} is not a folder")
    index = out / "index.html"
    if any(out.iterdir()) and not (index.is_file() and _MARK in index.read_bytes()):
        raise PublisherError(
            f"{out} 里有不是本程序生成的文件，为免误删没有写入；请换一个空文件夹",
            f"{out} holds files that this program did not make; choose an empty folder",
        )


class _Writer:
    """Brings single files to what they should be and keeps the ledger's rows."""

    def __init__(self, out: Path, ledger: Ledger, report: BuildReport) -> None:
        self.out, self.ledger, self.report = out, ledger, report
        self._folders: set[Path] = set()

    def bring(self, artifact: Artifact, renderer: Renderer) -> None:
        """Make one file unless the one on disk was made from the same."""
        path = self.out / artifact.path
        fingerprint = renderer.fingerprint(artifact)
        row = self.ledger.rows.get(artifact.path)
        if row and row.fingerprint == fingerprint and _is_untouched(path, row):
            self.report.kept += 1
            return
        data = renderer.render(artifact)
        try:
            if _holds(path, data):
                self.report.kept += 1
            else:
                self._replace(path, data)
                self.report.written.append(artifact.path)
            state = path.stat()
        except OSError as error:
            raise PublisherError(f"写不了 {path}：{error.strerror}", f"cannot write {path}: {error.strerror}") from error
        self.ledger.rows[artifact.path] = Row(fingerprint, state.st_size, state.st_mtime_ns)

    def _replace(self, path: Path, data: bytes) -> None:
        """Write beside the file and rename over it: a reader meets the old file or the new one, whole."""
        if path.parent not in self._folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(path.parent)
        draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            draft.write_bytes(data)
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def prune(self, planned: set[str]) -> None:
        """Remove the files that the plan no longer names: the ledger's, or without a ledger all others of the folder."""
        if self.ledger.is_new:
            found = {path.relative_to(self.out).as_posix() for path in self.out.rglob("*") if not path.is_dir()}
        else:
            found = set(self.ledger.rows)
        for name in sorted(found - planned):
            path = self.out / name
            try:
                path.unlink(missing_ok=True)
                for folder in path.relative_to(self.out).parents:
                    if folder != Path() and not any((self.out / folder).iterdir()):
                        (self.out / folder).rmdir()
            except FileNotFoundError:
                pass  # the folder went with an earlier file
            except OSError as error:
                raise PublisherError(f"删不了 {path}：{error.strerror}", f"cannot remove {path}: {error.strerror}") from error
            self.ledger.rows.pop(name, None)
            self.report.removed.append(name)


def _is_untouched(path: Path, row: Row) -> bool:
    with contextlib.suppress(OSError):
        state = path.stat()
        return (state.st_size, state.st_mtime_ns) == (row.size, row.mtime_ns)
    return False


def _holds(path: Path, data: bytes) -> bool:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        return path.stat().st_size == len(data) and path.read_bytes() == data
    return False
