"""What is internal stays internal: planted secrets are looked for in every byte of every output."""

from __future__ import annotations

import base64
import email
import email.policy
import re

from publisher.content import codes
from tests.project import AS_OF, Project
from tests.search_files import SearchFiles

SECRETS = (
    "张三丰",
    "13912345678",
    "王审核",
    "李审核",
    "赵审核",
    "凭据第七号",
    "内部备注文字",
    "扣分两分",
    "13800000001",
    "boss@lister.example",
    "029-87654321",
)


def planted(project: Project) -> Project:
    review = "\n".join(f"{level}: {{人: {name}, 时间: 2026-11-19}}" for level, name in (("一审", "王审核"), ("二审", "李审核"), ("三审", "赵审核")))
    project.write(
        "content/enterprises/qy.yml",
        "名称: 示例企业\n发布时间: 2026-11-18\n主体类型: 企业\n行业: [零售业]\n街路: 西一路\n"
        "联系人: {称谓: 张先生, 手机: '13912345678'}\n信息公开同意: {日期: 2026-11-01, 凭据: 凭据第七号}\n内部备注: 内部备注文字\n",
    )
    project.write(
        "content/matchmaking/gx.yml",
        "标题: 求购\n发布时间: 2026-11-18\n类型: 需求\n领域: 通信\n有效期: 2026-12-31\n发布主体: qy\n主体核验: 未核验\n详情: 需要设备。\n"
        "联系: {方式: 邮箱, 邮箱: boss@lister.example, 固话: 029-87654321, 手机: '13800000001', 同意凭据: 凭据第七号}\n",
    )
    project.write("content/news/a.md", f"---\n标题: 公开\n发布时间: 2026-11-18\n摘要: 摘要\n{review}\n内部备注: 内部备注文字\n---\n正文\n")
    project.write("content/news/b.md", "---\n标题: 张三丰的内部事\n发布时间: 2026-11-18\n摘要: 扣分两分\n可见范围: 内部\n---\n扣分两分\n")
    project.write("content/news/c.md", "---\n标题: 草稿\n发布时间: 2026-11-18\n摘要: 扣分两分\n状态: 草稿\n---\n扣分两分\n")
    project.write("content/liaison/2026-11/qy.yml", "干部: 张三丰\n手机: 13912345678\n考核: 扣分两分\n")
    project.write("content/editions/2026-W47.yml", "标题: 一周\n起: 2026-11-16\n止: 2026-11-23\n栏目:\n  - 名称: 全部\n    条目: [a, gx, qy]\n")
    return project


def decoded(name: str, data: bytes) -> str:
    text = data.decode("utf-16" if data.startswith(b"\xff\xfe") else "utf-8", "replace")
    if name.endswith(".eml"):
        parts = email.message_from_bytes(data, policy=email.policy.default).walk()
        text += "".join(part.get_content() for part in parts if part.get_content_maintype() == "text")
    return text + "".join(base64.b64decode(found).decode("utf-8", "replace") for found in re.findall(r"base64,([A-Za-z0-9+/=]{40,})", text))


def test_planted_secrets_reach_no_output(project: Project) -> None:
    planted(project).build()
    files = project.files()
    assert any(name.endswith(".eml") for name in files)
    assert "示例企业" in project.read("enterprises/qy/index.html")
    for name, data in files.items():
        text = decoded(name, data)
        for secret in SECRETS:
            assert secret not in text, (name, secret)
            assert secret not in name
    for secret in SECRETS:
        assert SearchFiles(project.out).find(secret) == set()


def test_the_ledger_holds_nothing_that_is_not_public(project: Project) -> None:
    """It keeps the heads of entries, of drafts none of the words."""
    planted(project).build()
    for file in (path for path in (project.root / "var").rglob("*") if path.is_file()):
        data = file.read_bytes()
        assert not any(secret.encode() in data for secret in SECRETS)


def test_no_output_of_the_demo_has_a_personal_number(demo: Project) -> None:
    for name, data in demo.files().items():
        if name.startswith("assets/") or name.endswith(".png"):
            continue
        text = decoded(name, data)
        assert not re.search(r"(?<![\d.#-])1[3-9]\d{9}(?!\d)", text), name
        for found in re.findall(r"(?<!\d)\d{17}[\dXx](?![0-9A-Za-z])", text):
            assert not codes.is_identity_number(found), (name, found)


def test_no_page_of_the_demo_asks_another_host(demo: Project) -> None:
    loading = re.compile(
        r'<(?:img|script|iframe|source|video|audio)\b[^>]*\bsrc="(https?:)?//|<link\b[^>]*rel="(?:stylesheet|preconnect|icon)"[^>]*href="(https?:)?//'
    )
    for name, data in demo.files().items():
        if name.endswith(".html") and not name.endswith("digest.html"):
            text = data.decode()
            assert not loading.search(text), name
            assert "fonts.googleapis" not in text
    assert AS_OF
