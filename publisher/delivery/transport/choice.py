"""An address in, the transport that its scheme names out."""

from __future__ import annotations

import os

from publisher.delivery.transport.protocol import Transport
from publisher.delivery.transport.server import parse_server
from publisher.delivery.transport.smtp import SmtpTransport


def open_transport(url: str) -> Transport:
    """``smtp://``, ``smtp+starttls://``, ``smtps://``; raises `TransportError` for what is none of these."""
    return SmtpTransport(parse_server(url, os.environ))
