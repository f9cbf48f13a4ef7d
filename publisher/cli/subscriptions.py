"""``publisher subscriptions``: how readers subscribe, confirm, change and leave: by the small web service, or by mail where there is none."""

from __future__ import annotations

import argparse
import ipaddress
import logging
import sys
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

from publisher.cli.mailbox import add_mailbox, letters_of
from publisher.cli.options import add_common, say, time_of
from publisher.cli.surroundings import now_of, open_database, open_transport, settings_of, signer_of, tag_reader, taxonomy_of
from publisher.engine.prepare import prepare
from publisher.problems import PublisherError
from publisher.settings import Settings
from publisher.subscriptions.pages import Pages, wording_of

_MAILBOX = "PUBLISHER_INBOX_URL"
#: What a letter came to, in Chinese and English, in the order in which it is told.
_OUTCOMES = {
    "asked": ("要订阅或更改", "ask to subscribe or change"),
    "sent": ("寄出确认邮件", "confirmation mails sent"),
    "confirmed": ("确认了", "confirmed"),
    "left": ("退订了", "left"),
    "again": ("以前读过", "read before"),
    "stranger": ("要退订，但名单里没有这个邮箱，没有动", "want to leave, and are not there"),
    "void": ("链接失效或不是本人的，没有动", "links that hold no more, or are another's, left as they are"),
    "other": ("不是订阅的信，没有动", "about something else, left as they are"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="serve|inbox")
    serve = actions.add_parser("serve", help="运行订阅服务", description="运行订阅服务：登记、确认、更改、退订的网页")
    add_common(serve, formats=False)
    serve.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="听哪个地址，默认只听本机")
    serve.add_argument("--port", type=int, default=8025, metavar="N", help="听哪个端口，默认 8025")
    serve.add_argument("--trusted-proxy", type=_network, action="append", default=[], metavar="NETWORK", help="信任哪个代理的 X-Forwarded-For，如 127.0.0.1")
    serve.set_defaults(run=run_serve, format="text")
    words = "读订阅邮箱：来信订阅、回信确认、来信退订；读懂的标为已读，不删除，其余留给人看"
    inbox = actions.add_parser("inbox", help="读订阅邮箱", description=words)
    add_common(inbox, formats=False)
    add_mailbox(inbox, _MAILBOX)
    inbox.set_defaults(run=run_inbox, format="text")


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise argparse.ArgumentTypeError(f"不是网络地址 / not a network: {text}") from None


def run_inbox(options: argparse.Namespace) -> int:
    """Do what the new letters ask for, one transaction for each, then send the mails that ask to confirm."""
    settings = settings_of(options)
    if settings is None:
        return 1
    transport = open_transport()
    if transport is None:
        raise PublisherError("没有设环境变量 PUBLISHER_SMTP_URL，确认邮件寄不出去", "PUBLISHER_SMTP_URL is not set: no confirmation mail could leave")
    from publisher.delivery.granting import UNDONE, grant
    from publisher.delivery.letters import Courier
    from publisher.delivery.wish import read_wish

    letters = letters_of(options, _MAILBOX)
    signer, counts = signer_of(options.root), Counter[str]()
    canonical, wording = tag_reader(taxonomy_of(options.root)), wording_of(settings)
    database = open_database(options.root)
    try:
        for letter in letters:
            wish = read_wish(letter.data)
            if wish is None:
                counts["other"] += 1
                continue
            with database.begin() as connection:
                outcome = grant(connection, wish, canonical, signer=signer, wording=wording, now=now_of(options))
            counts[outcome] += 1
            if outcome not in UNDONE:  # a person may know what was meant
                letter.mark()
        courier = Courier(database, transport, settings, signer)
        courier.take_requests(now_of(options))
        counts["sent"] = courier.post(now_of(options)).sent
    finally:
        database.close()
    language = 0 if options.lang == "zh" else 1
    print("\n".join(f"{counts[name]}  {words[language]}" for name, words in _OUTCOMES.items() if counts[name]) or ("没有新的来信", "nothing new")[language])
    return 0


def run_serve(options: argparse.Namespace) -> int:
    """Serve until interrupted; nothing is served when mail cannot be sent."""
    settings = settings_of(options)
    if settings is None:
        return 1
    if not settings.service_url:
        raise PublisherError(
            "mkdocs.yml 里还没有 extra.publisher.service_url，确认邮件里没有地址可写", "set extra.publisher.service_url in mkdocs.yml: mails lead there"
        )
    transport = open_transport()
    if transport is None:
        raise PublisherError("没有设环境变量 PUBLISHER_SMTP_URL，确认邮件寄不出去", "PUBLISHER_SMTP_URL is not set: no confirmation mail could leave")
    import uvicorn

    from publisher.delivery.letters import Courier
    from publisher.subscriptions.app import Desk, make_app
    from publisher.subscriptions.work import Worker

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s", stream=sys.stderr)
    database, signer = open_database(options.root), signer_of(options.root)
    worker = Worker(database, Courier(database, transport, settings, signer), settings)
    desk = Desk(database, settings, signer, *_content(options, settings), trusted=options.trusted_proxy, wake=worker.wake)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(settings.site_url))
    # Neither the access log nor the proxy headers: addresses of pages hold tokens, and whom to believe is said by our own option.
    config = uvicorn.Config(
        make_app(desk, origin), host=options.host, port=options.port, access_log=False, proxy_headers=False, server_header=False, log_level="warning"
    )
    print(
        f"订阅服务：http://{options.host}:{options.port}/" if options.lang == "zh" else f"subscription service: http://{options.host}:{options.port}/",
        flush=True,
    )
    worker.start()
    try:
        server = uvicorn.Server(config)
        server.run()
    finally:
        worker.stop()
        database.close()
    return 0 if server.started else 3


def _content(options: argparse.Namespace, settings: Settings) -> tuple[Pages, Callable[[str], str | None]]:
    """The pages, with the tags and industries that the content has now, and what reads a tag."""
    say("正在读取内容……")
    library = prepare(options.root, time_of(options)).library
    divisions = {code[:2] for entry in library.entries for code in entry.industry_codes if code[0].isdigit()}
    return Pages(settings, library.taxonomy, divisions), tag_reader(library.taxonomy)
