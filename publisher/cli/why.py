"""``publisher why PATH``: from what a file of the site was made, and what would make it again."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from pathlib import Path

from publisher.cli.options import add_common, time_of
from publisher.clock import SHANGHAI
from publisher.engine.why import Reason, explain

#: What the parts of a plan are called, by the sort of their unit.
_UNITS = {
    "entry": ("条目", "entry"),
    "kind": ("栏目页", "list of the kind"),
    "tag": ("标签页", "list of the tag"),
    "tags": ("标签总表", "list of tags"),
    "industry": ("行业页", "list of the industry"),
    "industries": ("行业总表", "list of industries"),
    "month": ("往期页", "list of the month"),
    "months": ("往期总表", "list of months"),
    "edition": ("简报", "edition"),
    "editions": ("简报总表", "list of editions"),
    "feed": ("订阅源", "feed"),
    "enterprise-feed": ("企业的订阅源", "feed of an enterprise"),
    "feed-list": ("订阅源清单（OPML）", "list of feeds (OPML)"),
    "feed-page": ("订阅源页", "page of feeds"),
    "calendars": ("日历", "calendars"),
    "home": ("首页", "home page"),
    "not-found": ("找不到网页时的页面", "page for unknown addresses"),
    "image": ("图片", "image"),
    "theme": ("主题自带的文件", "the theme's own file"),
    "search": ("搜索页", "search page"),
    "self-check": ("政策自查页", "self-check of policies"),
    "volume": ("搜索用的索引", "search index"),
    "contents": ("搜索用的目录和同义词", "what search asks first"),
    "sitemap": ("网站地图和 robots.txt", "sitemap and robots.txt"),
}
#: What a cell stands for: what of it, when it changes, makes the file again.
_CELLS = {
    "body": ("全文", "the whole text"),
    "head": ("标题、摘要、状态等", "title, summary, status and the like"),
    "offer": ("供需的条件和用词", "what a listing offers"),
    "rank": ("是否有效、发布时间", "whether it is live, when it was published"),
    "at": ("有没有这个文件", "whether the file is there"),
    "image": ("图片", "the image"),
    "edition": ("简报的标题和条目", "the edition's title and items"),
    "edition-body": ("简报全文", "the edition's text"),
    "row": ("列表", "the list"),
    "has": ("列表里有没有内容", "whether the list has anything"),
    "near": ("列表里的前后几条", "who stands beside it in the list"),
}
#: What the lists are called, by the first part of a row's name.
_LISTS = {
    "tag": "标签",
    "industry": "行业",
    "month": "月份",
    "kind": "栏目",
    "listed": "栏目的发布顺序",
    "newest": "最新的",
    "offer": "正在对接的",
    "feed": "订阅源",
    "enterprise": "提到企业",
    "counterparts": "对接对象",
    "outcomes": "对接成果的合计",
    "enterprise-feed": "企业的供需",
    "enterprise-feeds": "有供需的企业",
    "policy": "提到政策",
    "calendar": "日历",
    "closing": "即将截止",
    "self-check": "能自查的政策",
    "coming": "接下来的活动",
    "open-listings": "正在对接的供需",
    "tags": "全部标签",
    "industries": "全部行业",
    "months": "全部月份",
    "feeds": "全部订阅源",
    "editions": "已出的简报",
    "every-edition": "全部简报",
    "images": "用到的图片",
    "ids": "全部条目",
}
#: How many things of a sort are named before the rest is only counted.
_NAMED = 8


def configure(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("path", metavar="PATH", help="网站里的文件或网页，如 news/index.html、policies/zc-2026-10/")
    parser.add_argument("--out", type=Path, default=None, metavar="DIR", help="网站文件夹，默认 site/")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Explain one file, and give 1 when the last build made no such file."""
    out = options.out or options.root / "site"
    reason = explain(options.root, out, options.path, time_of(options))
    if reason is None:
        print(f"{out} 里没有由内容生成的“{options.path}”。" if options.lang == "zh" else f"the last build made no {options.path} in {out}")
        return 1
    if options.format == "json":
        print(json.dumps(_json(reason), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(reason, 0 if options.lang == "zh" else 1)))
    return 0


def _json(reason: Reason) -> dict[str, object]:
    until = datetime.fromtimestamp(reason.until, SHANGHAI).isoformat() if reason.until else None
    return {"path": reason.path, "unit": reason.unit, "template": reason.template, "sources": reason.sources, "cells": reason.cells, "until": until}


def _lines(reason: Reason, lang: int) -> list[str]:
    """The answer, one line a thing; ``lang`` is 0 for Chinese and 1 for English."""
    sort, _, name = reason.unit.partition(":")
    lines = [reason.path, ("由来：", "made for: ")[lang] + f"{_UNITS[sort][lang]} {name}".rstrip()]
    if reason.template:
        lines.append(("模板：", "template: ")[lang] + f"templates/site/pages/{reason.template}")
    lines += [("内容：", "content: ")[lang] + source for source in reason.sources]
    lines.append(("下面任何一项变了，就重新生成：", "made again when one of these changes:")[lang])
    shown: dict[str, list[str]] = {}
    for cell in reason.cells:
        key, words = _cell_words(cell, reason, lang)
        shown.setdefault(key, []).append(words)
    for key, found in shown.items():
        names = list(dict.fromkeys(found))
        rest = (f"……共 {len(names)} 项", f"... {len(names)} in all")[lang] if len(names) > _NAMED else ""
        lines += [f"  {key}", *(f"    {name}" for name in names[:_NAMED]), *([f"    {rest}"] if rest else [])]
    every = ("mkdocs.yml、templates/、标签表，和本程序自己", "mkdocs.yml, templates/, the table of tags, and this program")
    lines.append(f"  {every[lang]}")
    if reason.until:
        moment = datetime.fromtimestamp(reason.until, SHANGHAI)
        lines.append(("  时间到了 ", "  at ")[lang] + f"{moment:%Y-%m-%d %H:%M}")
    return lines


def _cell_words(cell: str, reason: Reason, lang: int) -> tuple[str, str]:
    """What a cell is, and what it is about."""
    sort, _, name = cell.partition(":")
    words = _CELLS[sort][lang]
    if cell in reason.titles and sort != "near":
        path, title = reason.titles[cell]
        return words, f"{path}（{title}）" if title else path
    if sort == "near":
        name = name.rpartition(":")[0]
    group, _, rest = name.partition(":")
    if lang == 1 or group not in _LISTS:
        return words, name
    return words, f"{_LISTS[group]}“{rest}”" if rest else f"{_LISTS[group]}{'“全部”' if group == 'feed' else ''}"
