"""What is internal stays internal: planted secrets are looked for in every byte of every output, however it is packed.

The same secrets must stand in the internal site, so that no test here passes because nothing was planted.
"""

from __future__ import annotations

import base64
import email
import email.policy
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import brotli
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from publisher.cli import main
from publisher.clock import read_as_of
from publisher.content import codes
from publisher.engine.build import Order, build
from tests.planted import Planter, plant_entries, plant_records
from tests.project import AS_OF, MKDOCS, Project, load_theme_of
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


# --- a secret in every internal field --------------------------------------------------------------------------------


def readings(name: str, data: bytes) -> Iterator[str]:
    """A file as everybody who wants to find something in it may read it: unpacked, decoded, unescaped."""
    if name.endswith(".gz"):
        yield from readings(name.removesuffix(".gz"), gzip.decompress(data))
    elif name.endswith(".br"):
        yield from readings(name.removesuffix(".br"), brotli.decompress(data))
    elif name.endswith(".png"):
        yield data.decode("latin-1")
        yield str(Image.open(io.BytesIO(data)).info)
        yield zlib_texts(data)
    else:
        text = data.decode("utf-8", "replace")
        yield from (text, unescape(text), unquote(text), re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text))
        yield from (data[at:].decode("utf-16-le", "replace") for at in (0, 1))
        if name.endswith(".eml"):
            message = email.message_from_bytes(data, policy=email.policy.default)
            yield str(message.items())
            yield from (part.get_content() for part in message.walk() if part.get_content_maintype() == "text")
        for found in re.findall(r"(?:[A-Za-z0-9+/]{4}){10,}", text):
            yield base64.b64decode(found).decode("utf-8", "replace")


def zlib_texts(png: bytes) -> str:
    """The texts that a picture may carry, unpacked."""
    found = re.findall(rb"(?:zTXt|iTXt)[^\0]{1,79}\0(.{2,4000})", png, re.DOTALL)
    return "".join(zlib.decompressobj().decompress(text[1:]).decode("utf-8", "replace") for text in found if text[1:2] == b"\x78")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Planter]:
    """A project with a secret in every internal field, and the site built from it, with compressed files."""
    settings = "extra:\n  publisher:\n    share_cards: false\n    liaison: {pairs: 1}\n"
    project, planter = Project(tmp_path_factory.mktemp("house"), MKDOCS + settings), Planter()
    plant_records(project, planter)
    plant_entries(project, planter)
    items = "栏目:\n  - 名称: 全部\n    条目: [zx-2026-0101-chaguan, qy-shili-chaguan]\n"
    project.write("content/editions/2026-W47.yml", f"标题: 一周\n起: 2026-11-16\n止: 2026-11-23\n{items}")
    report = build(Order(project.root, project.out, read_as_of(AS_OF), load_theme_of, is_packed=True))
    assert report.is_built, report.problems
    return project, planter


def test_every_sort_of_internal_field_was_planted(house: tuple[Project, Planter]) -> None:
    """A few that must be among them, by the way that leads to them."""
    planted_in = set(house[1].secrets.values())
    assert {"liaison/officers.officers.mobile", "liaison/months.services.proof", "liaison/rules.rules.basis", "liaison/issues.issues.steps.note"} <= planted_in
    assert {"listing.contact.email", "enterprise.consent.proof", "news.editor_note", "tally.first_review.by", "page.third_review.by"} <= planted_in
    assert len(house[1].secrets) > 130


def test_no_secret_of_any_field_is_in_any_byte_of_the_public_site(house: tuple[Project, Planter]) -> None:
    project, planter = house
    secret = re.compile("|".join(map(re.escape, planter.secrets)))
    files = project.files()
    for suffix in (".html", ".gz", ".br", ".json", ".eml", ".ics", ".xml", ".opml", ".bin", ".png"):
        assert any(name.endswith(suffix) for name in files), suffix
    for name, data in files.items():
        assert not secret.search(name), name
        for text in readings(name, data):
            found = secret.search(text)
            assert not found, (name, found[0], planter.secrets[found[0]])
    for secret_word in planter.secrets:
        assert SearchFiles(project.out).find(secret_word) == set()


def test_no_secret_is_in_what_the_public_build_keeps(house: tuple[Project, Planter]) -> None:
    project, planter = house
    var = project.root / "var"  # with what other tests had the office's verbs keep
    kept = [path for path in var.rglob("*") if path.is_file() and "internal" not in path.name and not path.is_relative_to(var / "liaison")]
    assert kept
    for file in kept:
        data = file.read_bytes()
        for secret, way in planter.secrets.items():
            assert secret.encode() not in data, (file.name, way)


def test_every_secret_stands_in_the_internal_site(house: tuple[Project, Planter], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project, planter = house
    out = tmp_path / "internal"
    assert main(["build", "--internal", "--root", str(project.root), "--out", str(out), "--as-of", AS_OF]) == 0, capsys.readouterr().out
    pages = {path.relative_to(out).as_posix(): unescape(path.read_text(encoding="utf-8")) for path in out.rglob("*.html")}
    whole = "\n".join(pages.values())
    assert {secret: way for secret, way in planter.secrets.items() if secret not in whole} == {}


def test_a_search_for_secrets_would_find_one(house: tuple[Project, Planter]) -> None:
    """Each way of hiding a word that the search unpacks, tried with a word that is there."""
    word = "示例茶馆"
    mail = f"Subject: a\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{base64.b64encode(word.encode() * 9).decode()}\n"
    picture = io.BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG", pnginfo=_comment(word))
    hidden = {
        "a.html": f"<p>{word}".encode(),
        "b.html": "".join(f"&#{ord(char)};" for char in word).encode(),
        "c.json": json.dumps({"a": word}).encode(),
        "d.html.gz": gzip.compress(word.encode()),
        "e.html.br": brotli.compress(word.encode()),
        "f.bin": b"\0" + word.encode("utf-16-le"),
        "g.eml": mail.encode(),
        "h.png": picture.getvalue(),
        "i.html": b"<a href='/%E7%A4%BA%E4%BE%8B%E8%8C%B6%E9%A6%86/'>",
    }
    for name, data in hidden.items():
        assert any(word in text for text in readings(name, data)), name


def _comment(words: str) -> Any:
    info = PngInfo()
    info.add_itxt("Comment", words, zip=True)
    return info
