"""Logs in to a mail server: by password (what the server offers of CRAM-MD5, PLAIN and LOGIN), or by an OAuth 2 token (XOAUTH2)."""

from __future__ import annotations

import shlex
import smtplib
import subprocess

from publisher.delivery.transport.protocol import TransportError
from publisher.delivery.transport.server import Server

_COMMAND_SECONDS = 30


def log_in(client: smtplib.SMTP, server: Server) -> None:
    """Log in when the server's address has a user; raises what `smtplib` raises, or `TransportError`."""
    if not server.user:
        return
    if server.password:
        try:
            client.login(server.user, server.password)
        except UnicodeEncodeError as error:
            words = "发信的用户名和密码里只能有英文字母、数字和符号", "user and password must be ASCII"
            raise TransportError(*words, is_permanent=True) from error
        return
    if not client.has_extn("auth"):
        raise smtplib.SMTPNotSupportedError("AUTH")
    said = f"user={server.user}\x01auth=Bearer {_token(server)}\x01\x01"
    # A refused token brings a challenge with the reason in it, to be answered with nothing; then comes the refusal itself.
    client.auth("XOAUTH2", lambda challenge=None: said if challenge is None else "")


def _token(server: Server) -> str:
    """The access token: as given, or as the command prints it now."""
    if not server.token_command:
        return server.token
    try:
        done = subprocess.run(shlex.split(server.token_command), capture_output=True, text=True, timeout=_COMMAND_SECONDS, check=True)  # noqa: S603
        token = done.stdout.strip()
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise TransportError(f"取不到登录令牌：{type(error).__name__}", f"the token command failed: {type(error).__name__}") from error
    if not token.isascii() or not token.isprintable() or not token:
        raise TransportError("取令牌的命令没有打印出令牌", "the token command printed no token", is_permanent=True)
    return token
