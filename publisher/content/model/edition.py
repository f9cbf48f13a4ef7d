"""The file of one edition of the digest: what `publisher digest plan` proposes and an editor may change."""

from __future__ import annotations

from publisher.content.model.fields import Flag, Id, Markdown, Moment, Text, key
from publisher.content.model.vocabulary import Period
from publisher.model import Model


class EditionSection(Model):
    """One group of an edition."""

    name: Text = key("名称", "这一组的名称", example="政策解读")
    is_reminder: Flag = key("提醒", "是：到期提醒，条目可以是以前发过的", False, example="否")
    entries: tuple[Id, ...] = key("条目", "条目的编号，按显示的顺序", (), example="[zc-2026-10]")


class EditionModel(Model):
    """One mailing: a half-open period ``[start, end)`` and its groups in order."""

    title: Text = key("标题", "简报的标题，也是邮件主题", example="西一路一周：2026年第47周")
    period: Period = key("周期", "每日、每周或每月", Period.WEEKLY, example="每周")
    start: Moment = key("起", "从这一刻起（含）", example="2026-11-16")
    end: Moment = key("止", "到这一刻为止（不含）", example="2026-11-23")
    intro: Markdown = key("导语", "编辑写的开场白（Markdown），可以不写", "", also=("导言",))
    sections: tuple[EditionSection, ...] = key("栏目", "分组和条目", ())
    dropped: tuple[Id, ...] = key("不收", "决定不发的条目；写在这里，以后的简报也不会再提", (), example="[]")
