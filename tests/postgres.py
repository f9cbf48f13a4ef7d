"""A real PostgreSQL server in a folder of its own, reached by a socket, for the tests that need one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote


class PostgresServer:
    """One server; ``url(name)`` makes an empty database."""

    def __init__(self, binaries: Path, folder: Path, user: str | None) -> None:
        self._binaries, self._folder, self._user = binaries, folder, user
        self._count = 0

    def _run(self, *command: str) -> None:
        words: Sequence[str] = (str(self._binaries / command[0]), *command[1:])
        if self._user:
            words = ("runuser", "-u", self._user, "--", *words)
        done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=self._folder)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"

    def create(self) -> None:
        self._run("initdb", "-D", str(self._folder / "data"), "-U", "publisher", "-A", "trust", "-E", "UTF8", "--no-locale")

    def start(self) -> None:
        """Run until `stop`; a server that listens on a socket in its folder alone."""
        settings = f"-k {self._folder} -c listen_addresses= -c fsync=off -c max_connections=60"
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-o", settings, "-l", str(self._folder / "log"), "-w", "start")

    def stop(self, mode: str = "immediate") -> None:
        """``immediate`` is what a crash looks like from outside."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", mode, "-w", "stop")

    def url(self) -> str:
        """The address of a new, empty database."""
        self._count += 1
        name = f"test_{os.getpid()}_{self._count}"
        self._run("createdb", "-h", str(self._folder), "-U", "publisher", name)
        return f"postgresql://publisher@/{name}?host={quote(str(self._folder), safe='')}"


def find_binaries() -> Path | None:
    """Where the server's programs are: on Debian they are not on the PATH."""
    places = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), *map(Path, os.environ.get("PATH", "").split(os.pathsep))]
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


@contextmanager
def serve_postgres(binaries: Path) -> Iterator[PostgresServer]:
    """A server for as long as the block lasts. It refuses to run as root, so root lends it a user."""
    # A socket's path has at most 107 bytes, so it does not stand below pytest's own folders.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    user = "postgres" if os.geteuid() == 0 else None
    server = PostgresServer(binaries, folder, user)
    try:
        if user:
            shutil.chown(folder, user)
        server.create()
        server.start()
        yield server
    finally:
        subprocess.run(["sh", "-c", f"kill -9 $(head -1 {folder}/data/postmaster.pid 2>/dev/null) 2>/dev/null"], check=False)
        shutil.rmtree(folder, ignore_errors=True)
