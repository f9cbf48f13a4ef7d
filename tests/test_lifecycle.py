"""Status at a moment, and the next moment at which anything changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.clock import read_as_of
from publisher.content.library import Entry, read_entry
from publisher.content.model.vocabulary import Kind
from publisher.lifecycle import changes, status
from publisher.settings import ClosingDays

CLOSING = ClosingDays()
POLICY = """\
标题: 政策
发布时间: 2026-01-01
摘要: 摘要
政策名称: 办法
发文机关: [某机关]
层级: 国家
文种: 公告
适用对象: {主体类型: [企业]}
支持方式: [其他]
申报方式: [自行申报享受]
受理部门: 某机关
原文链接: https://www.gov.cn/
一句话: 一句话。
核验日期: 2026-11-20
核验人: 编辑
核验方式: 对照
"""
NEWS = "标题: 消息\n摘要: 摘要\n"
LISTING = "标题: 求购\n发布时间: 2026-10-01\n类型: 需求\n领域: 通信\n发布主体: qy\n主体核验: 未核验\n"
EVENT = "标题: 宣讲\n发布时间: 2026-11-01\n摘要: 摘要\n类型: 政策宣讲\n地点: 线上\n主办: 平台\n"


def entry(kind: Kind, front: str) -> Entry:
    found, problems = read_entry("content/x/a.md", "a.md", f"---\n{front}\n---\n", kind)
    assert found is not None, problems
    return found


@pytest.mark.parametrize(
    ("kind", "front", "as_of", "expected"),
    [
        (Kind.NEWS, NEWS + "发布时间: 2026-11-20 09:00", "2026-11-20 08:59", "scheduled"),
        (Kind.NEWS, NEWS + "发布时间: 2026-11-20 09:00", "2026-11-20 09:00", "live"),
        (Kind.NEWS, NEWS + "发布时间: 2026-11-20\n状态: 草稿", "2026-11-21", "draft"),
        (Kind.NEWS, NEWS + "发布时间: 2026-11-20\n状态: 待审", "2026-11-21", "draft"),
        (Kind.NEWS, NEWS + "发布时间: 2026-11-20\n可见范围: 内部", "2026-11-21", "draft"),
        (Kind.NEWS, NEWS + "发布时间: 2026-11-20\n有效期至: 2026-11-30", "2026-11-30 23:59", "closing"),
        (Kind.NEWS, NEWS + "发布时间: 2026-11-20\n有效期至: 2026-11-30", "2026-12-01 00:00", "expired"),
        (Kind.NEWS, NEWS + "发布时间: 2026-11-20\n起止时间: {起: 2026-11-20, 止: 2026-11-22}", "2026-11-23 00:00", "ended"),
        (Kind.POLICY, POLICY + "施行日期: 2026-07-01\n政策有效期至: 长期", "2026-06-30 23:59", "future"),
        (Kind.POLICY, POLICY + "施行日期: 2026-07-01\n政策有效期至: 长期", "2026-07-01 00:00", "live"),
        (Kind.POLICY, POLICY + "施行日期: 2026-01-01\n政策有效期至: 2026-12-31", "2026-11-16 23:59", "live"),
        (Kind.POLICY, POLICY + "施行日期: 2026-01-01\n政策有效期至: 2026-12-31", "2026-11-17 00:00", "closing"),
        (Kind.POLICY, POLICY + "施行日期: 2026-01-01\n政策有效期至: 2026-12-31", "2027-01-01 00:00", "expired"),
        (Kind.POLICY, POLICY + "施行日期: 2026-01-01\n政策有效期至: 长期\n被替代: [x]", "2026-11-17", "superseded"),
        (Kind.POLICY, POLICY + "施行日期: 2026-01-01\n政策有效期至: 长期\n效力状态: 已废止", "2026-11-17", "repealed"),
        (Kind.POLICY, POLICY + "施行日期: 2026-01-01\n政策有效期至: 长期\n申报时间: {止: 2026-11-30}", "2026-11-17", "closing"),
        (Kind.POLICY, POLICY + "施行日期: 2026-01-01\n政策有效期至: 长期\n申报时间: {止: 2026-11-30}", "2026-12-17", "live"),
        (Kind.LISTING, LISTING + "有效期: 2026-12-01", "2026-11-17 23:59", "live"),
        (Kind.LISTING, LISTING + "有效期: 2026-12-01", "2026-11-18 00:00", "closing"),
        (Kind.LISTING, LISTING + "有效期: 2026-12-01", "2026-12-02", "expired"),
        (Kind.LISTING, LISTING + "有效期: 2026-12-01\n状态: 已达成", "2026-11-02", "reached"),
        (Kind.EVENT, EVENT + "开始时间: 2026-12-08 14:30\n结束时间: 2026-12-08 16:30", "2026-11-20", "upcoming"),
        (Kind.EVENT, EVENT + "开始时间: 2026-12-08 14:30\n报名: {方式: 电话, 截止: 2026-12-01}", "2026-11-25", "closing"),
        (Kind.EVENT, EVENT + "开始时间: 2026-12-08 14:30\n结束时间: 2026-12-08 16:30", "2026-12-08 16:30", "ended"),
        (Kind.EVENT, EVENT + "开始时间: 2026-12-08 14:30\n活动状态: 已取消", "2026-12-01", "cancelled"),
    ],
)
def test_status(kind: Kind, front: str, as_of: str, expected: str) -> None:
    assert status(entry(kind, front), read_as_of(as_of), CLOSING).value == expected


FRONTS = [
    (Kind.NEWS, NEWS + "发布时间: 2026-11-20 09:00\n有效期至: 2026-12-05\n起止时间: {起: 2026-11-25, 止: 2026-12-20}"),
    (Kind.POLICY, POLICY + "施行日期: 2026-07-01\n政策有效期至: 2026-12-31\n申报时间: {起: 2026-08-01, 止: 2026-09-30}"),
    (Kind.LISTING, LISTING + "有效期: 2026-12-01"),
    (Kind.EVENT, EVENT + "开始时间: 2026-12-08 14:30\n报名: {方式: 电话, 截止: 2026-12-01}"),
]


@settings(deadline=None)
@given(st.sampled_from(FRONTS), st.integers(0, 400 * 24 * 60))
def test_status_changes_only_at_the_moments_foretold(front: tuple[Kind, str], minutes: int) -> None:
    subject = entry(*front)
    moment = read_as_of("2026-01-01") + timedelta(minutes=minutes)
    before = status(subject, moment - timedelta(minutes=1), CLOSING)
    if before is not status(subject, moment, CLOSING):
        assert moment in set(changes(subject, CLOSING))
