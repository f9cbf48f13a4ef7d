"""A mailbox in, its new letters out one by one, each to be marked when it is dealt with: a Maildir, or a folder on an IMAP server.

Nothing is deleted. What is not marked is there again the next time, so a run that is cut off loses nothing.
"""

from __future__ import annotations

import base64
import contextlib
import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from publisher.failure import PublisherError

#: Where the password may come from when the address does not hold it.
PASSWORD_VARIABLE = "PUBLISHER_IMAP_PASSWORD"  # noqa: S105
#: Bytes of a letter that are read.
_MOST = 1 << 20
_PATIENCE = 60.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Letter(NamedTuple):
    """A letter as it came; ``mark`` says that it need not be given again."""

    data: bytes
    mark: Callable[[], None]


def read_maildir(path: Path) -> Iterator[Letter]:
    """The letters in ``new``; a marked one goes to ``cur`` as seen. Raises `PublisherError`."""
    if not (path / "new").is_dir():
        raise PublisherError(f"{path} 不是 Maildir", f"{path} is no Maildir")
    try:
        for file in sorted((path / "new").iterdir()):
            with file.open("rb") as opened:
                data = opened.read(_MOST)
            yield Letter(data, lambda file=file: _move_to_seen(file))  # type: ignore[misc]
    except OSError as error:
        raise PublisherError(f"读不了 Maildir {path}：{error.strerror}", f"cannot read the Maildir {path}: {error.strerror}") from error


def _move_to_seen(file: Path) -> None:
    file.rename(file.parent.parent / "cur" / f"{file.name.partition(':')[0]}:2,S")


def read_imap(url: str, environ: Mapping[str, str]) -> Iterator[Letter]:
    """The unseen letters of ``imaps://USER:PASSWORD@HOST/FOLDER`` (default INBOX); a marked one is seen. Raises `PublisherError`."""
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        scheme, host, port = "", "", None
    user, password = unquote(parts.username or "") if host else "", unquote(parts.password or "") if host else ""
    password = password or environ.get(PASSWORD_VARIABLE, "")
    is_open = scheme == "imap" and host in _LOOPBACK
    if not (scheme in {"imaps", "imap+starttls"} or is_open) or not host or not user or not password:
        zh = f"收信地址要写成 imaps://用户:密码@主机/文件夹 或 imap+starttls://…，密码可以写在 {PASSWORD_VARIABLE}；不加密的 imap:// 只用于本机"
        raise PublisherError(zh, "write the mailbox as imaps://USER:PASSWORD@HOST/FOLDER or imap+starttls://…; plain imap:// is for this machine only")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    try:
        with contextlib.closing(_Imap(scheme, host, port)) as imap:
            imap.enter(user, password, folder)
            for number in imap.unseen():
                yield Letter(imap.fetch(number), lambda number=number: imap.mark(number))  # type: ignore[misc]
    except (OSError, imaplib.IMAP4.error) as error:
        reason = getattr(error, "verify_message", "") or getattr(error, "strerror", "") or " ".join(str(error).split())[:200] or type(error).__name__
        raise PublisherError(f"读不了 {host} 的邮箱：{reason}", f"cannot read the mailbox at {host}: {reason}") from error


class _Imap:
    """One connection to a server, with one folder open."""

    def __init__(self, scheme: str, host: str, port: int | None) -> None:
        context = ssl.create_default_context()
        if scheme == "imaps":
            self._client: imaplib.IMAP4 = imaplib.IMAP4_SSL(host, port or 993, ssl_context=context, timeout=_PATIENCE)
            return
        self._client = imaplib.IMAP4(host, port or 143, timeout=_PATIENCE)
        if scheme == "imap+starttls":
            try:
                self._client.starttls(context)
            except BaseException:
                self.close()
                raise

    def enter(self, user: str, password: str, folder: str) -> None:
        self._client.login(user, password)
        # NetEase lets nobody in who has not said who they are (RFC 2971).
        if "ID" in self._client.capabilities:
            with contextlib.suppress(imaplib.IMAP4.error):
                self._client.xatom("ID", '("name" "publisher")')
        kind, data = self._client.select(f'"{_utf7(folder)}"')
        if kind != "OK":
            raise imaplib.IMAP4.error(b" ".join(part for part in data if isinstance(part, bytes)).decode("utf-8", "replace"))

    def unseen(self) -> list[str]:
        _, data = self._client.uid("SEARCH", "UNSEEN")
        return data[0].decode().split() if data and data[0] else []

    def fetch(self, number: str) -> bytes:
        _, data = self._client.uid("FETCH", number, f"(BODY.PEEK[]<0.{_MOST}>)")
        return next((part[1] for part in data if isinstance(part, tuple)), b"")

    def mark(self, number: str) -> None:
        self._client.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)")

    def close(self) -> None:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            self._client.logout()


def _utf7(name: str) -> str:
    """A folder's name as IMAP writes it (RFC 3501 section 5.1.3), such as 退信."""

    def shift(found: re.Match[str]) -> str:
        return f"&{base64.b64encode(found[0].encode('utf-16-be')).decode().rstrip('=').replace('/', ',')}-"

    name = re.sub(r"[\x00-\x1f\x7f]", "", name).replace("&", "&-")
    return re.sub(r"[^\x20-\x7e]+", shift, name).replace("\\", r"\\").replace('"', r"\"")
