"""Arguments in, an exit code out: 0 fine, 1 the author's problems, 2 wrong usage, 3 the world failed."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from publisher.failure import PublisherError

#: Each verb's module; it is imported only when the verb is used.
VERBS = {
    "check": "检查内容，报告每一处问题 / check the content",
    "build": "检查并生成网站 / check and build the site",
    "serve": "边写边看：网页随保存更新 / preview that follows each save",
    "digest": "拟定和生成简报 / plan and build a digest",
    "listings": "供需：到期前问发布者，把答复写回文件 / ask listers before listings end, write answers back",
    "subscribers": "订阅者：列出、登记、导入、导出、删除 / readers of the newsletter",
    "bounces": "读退信和投诉，停掉寄不到的 / read bounces and complaints",
    "liaison": "亲商助企：检查、月报、评分、提醒 / records of officers: check, report, score, remind",
    "subscriptions": "订阅服务：登记、确认、更改、退订的网页 / the subscription service",
    "database": "订阅者的数据库：升级、备份、状态 / the database of subscribers",
    "match": "一家企业能用哪些政策，一条供需和谁合适 / which policies an enterprise may use, whom a listing fits",
    "review": "待复核的政策解读 / policies to be verified again",
    "new": "新建一篇的起始文件 / write a starting file",
    "why": "说明网站里一个文件从何而来 / explain a file of the site",
    "docs": "由模型生成手册里的表格 / write the tables of the editors' guide",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = _parser(arguments)
    try:
        options = parser.parse_args(arguments)
    except SystemExit as stop:  # argparse prints and exits by itself
        return int(stop.code or 0)
    from publisher.cli.options import UsageError

    try:
        return int(options.run(options))
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    except PublisherError as error:
        print(error.zh if getattr(options, "lang", "zh") == "zh" else error.en, file=sys.stderr)
        return 3
    except BrokenPipeError:
        # The reader of our output has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 3
    except KeyboardInterrupt:
        print("已中断 / interrupted", file=sys.stderr)
        return 130


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    from publisher import __version__

    parser = argparse.ArgumentParser(prog="publisher", description="西一路智慧街区的内容与简报发布工具")
    parser.add_argument("--version", action="version", version=f"publisher {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="|".join(VERBS))
    asked = next((word for word in arguments if word in VERBS), None)
    for verb, words in VERBS.items():
        verb_parser = verbs.add_parser(verb, help=words, description=words)
        if verb == asked:
            importlib.import_module(f"publisher.cli.{verb}").configure(verb_parser)
    return parser
