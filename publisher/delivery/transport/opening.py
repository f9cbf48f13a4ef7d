"""An address in, the transport that it names out: ``smtp:``, ``smtp+starttls:``, ``smtps:``, ``maildir:``, ``file:``, ``listmonk+https:``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from publisher.delivery.transport.protocol import Transport, TransportError

#: The schemes with what stands behind them, as a usage line tells them.
FORMS = "smtp://主机、smtp+starttls://用户:密码@主机、smtps://用户:密码@主机、maildir:文件夹、file:文件夹、listmonk+https://用户:令牌@主机/?template=3"


def open_transport(url: str, environ: Mapping[str, str]) -> Transport:
    """The transport of an address; nothing is connected to yet. Raises `TransportError` (permanent) when it is none."""
    scheme, _, rest = url.strip().partition(":")
    if scheme in {"maildir", "file"}:
        path = Path(rest.removeprefix("//"))
        if not rest.strip("/"):
            raise TransportError(f"{scheme}: 后面要写文件夹", f"a folder belongs after {scheme}:", is_permanent=True)
        from publisher.delivery.transport.folder import FolderTransport
        from publisher.delivery.transport.maildir import MaildirTransport

        return MaildirTransport(path) if scheme == "maildir" else FolderTransport(path)
    if scheme.startswith("listmonk+"):
        from publisher.delivery.transport.listmonk import ListmonkTransport

        return ListmonkTransport(url.strip())
    from publisher.delivery.transport.server import Security, parse_server
    from publisher.delivery.transport.smtp import SmtpTransport

    if scheme not in {security.value for security in Security}:
        raise TransportError(f"发信地址（PUBLISHER_SMTP_URL）要写成 {FORMS}", "PUBLISHER_SMTP_URL begins with none of the known schemes", is_permanent=True)
    return SmtpTransport(parse_server(url, environ))
