"""An entry in; its file in the format of one publisher out: path below the content folder, and text.

Every format says the same: title, date, summary, tags, kind, industries, body. Ours says in addition what a kind requires. Links
to other entries are written as each publisher's own documentation has them, where that costs it least: addresses for Hugo and
Eleventy, which leave them alone; source paths for MkDocs and Pelican, which know no other way.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bench.corpus import LAST, Entry
from bench.words import INDUSTRIES, TAGS

#: What makes a file: path and text.
Format = Callable[[Entry], tuple[str, str]]

#: Names of the kinds, for the peers' own categories.
KIND_NAMES = {"news": "商业资讯", "policies": "政策解读", "guides": "代办服务", "events": "活动"}


def ours(entry: Entry) -> tuple[str, str]:
    """The format of `publisher`."""

    def target(folder: str, entry_id: str) -> str:
        return f"{entry_id}.md" if folder == entry.folder else f"../{folder}/{entry_id}.md"

    title = "事项名称" if entry.folder == "guides" else "标题"
    lines = [
        f"{title}: {entry.title}",
        f"摘要: {entry.summary}",
        f"发布时间: {entry.published:%Y-%m-%d %H:%M}",
        f"标签: [{', '.join(entry.tags)}]",
        *([f"行业: [{', '.join(_quoted(code) for code in entry.industries)}]"] if entry.industries else []),
        *_REQUIRED[entry.folder](entry),
    ]
    return f"{entry.folder}/{entry.id}.md", _page("\n".join(lines), entry.text(target))


def _news(entry: Entry) -> list[str]:
    return [f"类型: {('市场动态', '通知公告', '街区建设')[entry.number % 3]}"]


def _policy(entry: Entry) -> list[str]:
    day = f"{entry.published:%Y-%m-%d}"
    return [
        f"政策名称: {entry.title}办法",
        "发文机关: [示例区示例部门（示例）]",
        "层级: 区",
        "文种: 办法",
        f"施行日期: {day}",
        "政策有效期至: 长期",
        "适用对象: {主体类型: [企业, 个体工商户]}",
        "支持方式: [其他]",
        "申报方式: [自行申报享受]",
        "受理部门: 示例受理部门（示例）",
        "原文链接: https://www.gov.cn/",
        "一句话: 这是示例，没有对应的文件，不能据此申报。",
        f"核验日期: {LAST - timedelta(days=3):%Y-%m-%d}",
        "核验人: 街区编辑部（示例）",
        "核验方式: 示例条目，没有对应的真实文件",
    ]


def _guide(entry: Entry) -> list[str]:
    return [
        "事项类型: 公共服务",
        f"设定依据: [示例办法（示例）第{1 + entry.number % 40}条]",
        "实施主体: 示例部门（示例）",
        "服务对象: [企业, 个体工商户]",
        "受理条件: [在示例街区经营]",
        "办理流程:",
        "  - {环节: 申请, 步骤: 提交申请材料, 时限: 当场, 结果: 回执}",
        "  - {环节: 办理, 步骤: 核对后办结, 结果: 办理结果}",
        "材料:",
        "  - {名称: 申请表, 必要性: 必要, 形式: 纸质或电子, 来源渠道: 申请人自备}",
        "是否收费: 否",
        "办理地点: 以示例部门公布为准",
        "办理时间: 以示例部门公布为准",
        "咨询方式: 以示例部门公布的渠道为准",
    ]


def _event(entry: Entry) -> list[str]:
    day = entry.published + timedelta(days=7 + entry.number % 14)
    return [
        f"类型: {('座谈会', '培训', '便民服务')[entry.number % 3]}",
        f"开始时间: {day:%Y-%m-%d} 14:30",
        f"结束时间: {day:%Y-%m-%d} 16:30",
        "地点: 示例会议室（示例）",
        "主办: 示例平台（示例）",
    ]


_REQUIRED = {"news": _news, "policies": _policy, "guides": _guide, "events": _event}


def our_tags() -> str:
    """The table of tags that our content folder has."""
    rows = (f"  - {{名称: {name}, 网址名: {slug}, 说明: 示例标签, 别名: []}}\n" for name, slug in TAGS.items())
    return "标签:\n" + "".join(rows)


def hugo(entry: Entry) -> tuple[str, str]:
    """Hugo: YAML front matter; the section is the folder; links are addresses, so that no lookup is needed."""
    front = [
        *_common(entry),
        f"date: {entry.published:%Y-%m-%dT%H:%M:00}+08:00",
        f"tags: [{', '.join(entry.tags)}]",
        f"industries: [{', '.join(INDUSTRIES[code] for code in entry.industries)}]",
    ]
    return f"{entry.folder}/{entry.id}.md", _page("\n".join(front), entry.text(lambda folder, name: f"/{folder}/{name}/"))


def eleventy(entry: Entry) -> tuple[str, str]:
    """Eleventy: as Hugo; the kind is a tag among tags there, so it has a key of its own, and an alias that is no tag page."""
    front = [
        *_common(entry),
        f"date: {entry.published:%Y-%m-%dT%H:%M:00}+08:00",
        f"topics: [{', '.join(entry.tags)}]",
        f"industries: [{', '.join(INDUSTRIES[code] for code in entry.industries)}]",
        f"section: {entry.folder}",
    ]
    return f"{entry.folder}/{entry.id}.md", _page("\n".join(front), entry.text(lambda folder, name: f"/{folder}/{name}/"))


def material(entry: Entry) -> tuple[str, str]:
    """mkdocs-material's blog: every post in one folder, the kind is a category."""
    front = [
        *_common(entry),
        f"date: {entry.published:%Y-%m-%d}",
        f"slug: {entry.id}",
        f"categories: [{KIND_NAMES[entry.folder]}]",
        f"tags: [{', '.join(entry.tags)}]",
    ]
    # Text before the separator is the excerpt that lists show; the summary stands for it, as in the other formats.
    body = f"# {entry.title}\n\n{entry.summary}\n\n<!-- more -->\n\n{entry.text(lambda _, name: f'{name}.md')}"
    return f"blog/posts/{entry.id}.md", _page("\n".join(front), body)


def pelican(entry: Entry) -> tuple[str, str]:
    """Pelican: Python-Markdown's own header lines; the kind is a category."""
    front = [
        f"Title: {entry.title}",
        f"Date: {entry.published:%Y-%m-%d %H:%M}",
        f"Summary: {entry.summary}",
        f"Tags: {', '.join(entry.tags)}",
        f"Category: {entry.folder}",
        f"Slug: {entry.id}",
    ]
    body = entry.text(lambda folder, name: f"{{filename}}/{folder}/{name}.md")
    return f"{entry.folder}/{entry.id}.md", "\n".join(front) + "\n\n" + body


def _common(entry: Entry) -> list[str]:
    return [f"title: {entry.title}", f"description: {entry.summary}"]


def _quoted(code: str) -> str:
    return f'"{code}"'


def _page(front: str, body: str) -> str:
    return f"---\n{front}\n---\n\n{body}"
