"""The one dialect: emphasis beside Han, joined lines, anchors, alerts, and what never comes through."""

from __future__ import annotations

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.markup import Picture, clean_text, excerpt, plain_text, raw_html, render


def html(text: str) -> str:
    return render(text).address(lambda written: f"to/{written}", lambda written: Picture(written, 4, 3), "../")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**重点：**内容", "<p><strong>重点：</strong>内容</p>"),
        ("对**《公告》**的解读", "<p>对<strong>《公告》</strong>的解读</p>"),
        ("~~旧（政策）~~新", "<p><del>旧（政策）</del>新</p>"),
        ("第一行，\n第二行", "<p>第一行，第二行</p>"),
        ("中文\nEnglish", "<p>中文\nEnglish</p>"),
        ("**粗**\n中文", "<p><strong>粗</strong>中文</p>"),
        ("[文](a.md)", '<p><a href="../to/a.md">文</a></p>'),
        ("[文](https://a.cn/?a=1&b=2)", '<p><a href="https://a.cn/?a=1&amp;b=2">文</a></p>'),
        ("![图](a.png)", '<p><img src="../a.png" alt="图" width="4" height="3" loading="lazy" decoding="async"></p>'),
        ("看https://a.cn/x，后文", '<p>看<a href="https://a.cn/x">https://a.cn/x</a>，后文</p>'),
        ("[坏](javascript:alert(1))", "<p><a>坏</a></p>"),
        ("> [!NOTE]\n> 内容", '<div class="admonition note">\n<p class="admonition-title">说明</p>\n<p>内容</p>\n</div>'),
        ("> [!WARNING] 期限\n> 内容", '<div class="admonition warning">\n<p class="admonition-title">期限</p>\n<p>内容</p>\n</div>'),
    ],
)
def test_dialect(text: str, expected: str) -> None:
    assert html(text).strip() == expected


def test_headings_have_anchors_from_their_words() -> None:
    found = render("## 申报条件\n\n### 5G **专网**\n\n## 申报条件\n")
    assert [(h.level, h.anchor, h.text) for h in found.headings] == [(2, "申报条件", "申报条件"), (3, "5g-专网", "5G 专网"), (2, "申报条件-1", "申报条件")]
    assert '<h2 id="申报条件">申报条件<a class="headerlink" href="#申报条件"' in found.raw


def test_code_keeps_its_line_ends() -> None:
    assert "甲\n乙" in html("```\n甲\n乙\n```")


def test_tables_tasks_footnotes_and_descriptions() -> None:
    written = html("| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n\n- [x] 完\n- [ ] 未\n\n注[^1]\n\n[^1]: 脚注\n\n词\n\n: 义\n")
    assert "<td>1</td>" in written
    assert 'checked disabled aria-label="已完成"' in written
    assert 'aria-label="回到正文引用1"' in written
    assert "<dt>词</dt>" in written


@pytest.mark.parametrize("bad", ["<script>alert(1)</script>", "<b onclick=x>粗</b>", "<!-- 注 -->", '<iframe src="//x">', "<img src=x onerror=y>"])
def test_raw_html_never_comes_through_and_is_told(bad: str) -> None:
    found = render(f"前\n\n{bad}\n\n后")
    assert "<script" not in found.raw
    assert "onclick" not in found.raw
    assert "iframe" not in found.raw
    assert "<!--" not in found.raw
    assert found.omits_html
    assert next(raw_html(f"前\n\n{bad}\n\n后"))[:2] == (2, 0)


def test_raw_html_in_code_is_text() -> None:
    assert list(raw_html("`<b>` 和\n\n```\n<script>\n```\n<https://a.cn>")) == []
    assert not render("`<b>`").omits_html


def test_a_hidden_target_leaves_plain_words() -> None:
    assert render("见[乙](b.md)。").address(lambda written: None, lambda written: None, "") == "<p>见<a>乙</a>。</p>\n"


def test_plain_text_and_excerpt() -> None:
    assert plain_text('<h2>题<a class="headerlink" href="#">¶</a></h2><p>甲 &amp; 乙</p>') == "题\n甲 & 乙"
    assert excerpt("一句。" * 60, 50) == "一句。" * 16
    assert excerpt("字" * 200, 50) == "字" * 48 + "……"
    assert excerpt("短", 50) == "短"


def test_clean_text_takes_out_what_xml_cannot_hold() -> None:
    assert clean_text("a\x00b\u2028c\ufffe\x85\ud800d") == "ab cd"


MARKDOWN = st.text(alphabet=st.sampled_from(list("中文，。*_`~[]()!#>-|\n <>&\"'\\:/x1. ")), max_size=200)


@settings(max_examples=300, deadline=None)
@given(MARKDOWN)
def test_any_text_gives_well_formed_safe_html(text: str) -> None:
    written = html(text)
    parser = html5lib.HTMLParser(strict=False)
    tree = parser.parseFragment(written)
    for element in tree.iter():
        if isinstance(element.tag, str):
            assert element.tag.split("}")[-1] not in ("script", "style", "iframe", "object", "embed", "form")
            assert not any(name.startswith("on") for name in element.attrib)
            assert not str(element.get("href", "")).strip().lower().startswith("javascript:")
    assert "\x02" not in written
