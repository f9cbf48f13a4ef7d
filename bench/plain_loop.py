"""The loop that people write: compose each message with `email.message`, send it over one `smtplib` connection. It keeps no outbox and renders nothing.

``python -m bench.plain_loop URL COUNT HTML TEXT``: the two files hold TOKEN where a reader's own link goes.
"""

from __future__ import annotations

import smtplib
import sys
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import urlsplit


def main(url: str, count: int, html: str, text: str) -> None:
    """Send ``count`` messages."""
    server = urlsplit(url)
    with smtplib.SMTP(server.hostname or "", server.port or 25) as connection:
        for number in range(count):
            token = f"{number:038d}"
            message = EmailMessage(policy=SMTP)
            message["Subject"] = "【西一路】一周简报"
            message["From"] = "digest@example.com"
            message["To"] = f"reader{number}@example.com"
            message["Date"] = formatdate()
            message["Message-ID"] = make_msgid(domain="example.com")
            message["List-Unsubscribe"] = f"<https://example.com/u/{token}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            message.set_content(text.replace("TOKEN", token))
            message.add_alternative(html.replace("TOKEN", token), subtype="html")
            connection.send_message(message)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *(Path(name).read_text(encoding="utf-8") for name in sys.argv[3:5]))
