"""The service as it runs: the command, uvicorn, a real SMTP server and a real browser, from the site's own form to one click that ends it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.project import ROOT, Project
from tests.readers import SERVICE, link_in, make_project, state_of
from tests.service import open_hosts, serve_subscriptions, wait_for
from tests.smtp_server import Keeper, serve_mail

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def inbox() -> Iterator[tuple[Keeper, int]]:
    """A real SMTP server, with what it has taken."""
    keeper = Keeper()
    with serve_mail(keeper) as port:
        yield keeper, port


@pytest.fixture
def service(project: Project, inbox: tuple[Keeper, int]) -> Iterator[str]:
    """The address at which the service answers for a small project."""
    make_project(project).news("b").build()
    with serve_subscriptions(project, inbox[1]) as url:
        yield url


@pytest.mark.browser
def test_a_reader_subscribes_changes_and_leaves(project: Project, service: str, inbox: tuple[Keeper, int], browser: Browser) -> None:
    from publisher.delivery.database import Database

    mails = inbox[0].envelopes
    page = open_hosts(browser, project, service)
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text) if "Content Security Policy" in message.text else None)
    page.goto("https://street.example/")
    page.get_by_label("邮箱").fill("zhang@qq.com")
    page.get_by_role("button", name="用邮件订阅").click()
    assert page.url == f"{SERVICE}subscribe"
    assert page.get_by_label("邮箱").input_value() == "zhang@qq.com"
    page.get_by_label("邮箱").fill("zhang@")
    page.get_by_role("button", name="订阅", exact=True).click()
    assert page.get_by_role("alert").inner_text().startswith("有1处要改")
    wait_for(lambda: page.evaluate("document.activeElement.getAttribute('role')") == "alert", "the focus to be where the faults are")
    page.get_by_label("邮箱").fill("zhang@qq.com")
    assert page.get_by_label("政策解读").is_hidden(), "who takes everything has nothing to choose"
    page.get_by_label("不按偏好，全部都要").uncheck()
    assert page.get_by_label("政策解读").is_visible()
    page.get_by_label("政策解读").check()
    time.sleep(3.2)  # what a person needs at least
    page.get_by_role("button", name="订阅", exact=True).click()
    assert page.get_by_role("heading", name="请查收确认邮件").is_visible()
    wait_for(lambda: mails, "the confirmation mail")
    database = Database(f"sqlite:///{project.root / 'var' / 'subscribers.sqlite'}")
    page.goto(f"{SERVICE}c/{link_in(bytes(mails[0].content))}")
    assert state_of(database, "zhang@qq.com") == "asked", "looking is not confirming"
    page.get_by_role("button", name="确认").click()
    assert state_of(database, "zhang@qq.com") == "active"
    page.get_by_role("link", name="更改偏好").click()
    assert page.get_by_label("政策解读").is_checked()
    page.get_by_label("每月").check()
    page.get_by_role("button", name="保存").click()
    assert "已经保存" in page.get_by_role("status").inner_text()
    assert page.get_by_label("每月").is_checked()
    page.get_by_role("button", name="退订并删除我的数据").click()
    assert state_of(database, "zhang@qq.com") is None
    assert blocked == []
    assert len(mails) == 1
    database.close()
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_the_form_fits_and_can_be_touched(project: Project, service: str, browser: Browser, width: int) -> None:
    page = open_hosts(browser, project, service, width)
    page.goto(f"{SERVICE}subscribe?tag=tax")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        """() => [...document.querySelectorAll('a, button, select, summary, input[type=email], label.form__option')].filter(e => e.checkVisibility())
        .map(e => [e.textContent.trim().slice(0, 12), Math.round(e.getBoundingClientRect().height)]).filter(([words, high]) => high < 44)"""
    )
    assert small == []
    assert page.locator("input[name=homepage]").bounding_box()["x"] < 0  # type: ignore[index]
    unnamed = page.evaluate("[...document.querySelectorAll('input:not([type=hidden]), select')].filter(e => !e.labels.length).map(e => e.name)")
    assert unnamed == []
    if folder := os.environ.get("PUBLISHER_SHOTS"):
        Path(folder).mkdir(exist_ok=True)
        page.screenshot(path=f"{folder}/subscribe-{width}.png", full_page=True)
    page.context.close()


def test_it_says_what_is_missing(project: Project) -> None:
    make_project(project)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PUBLISHER_")}
    command = [sys.executable, "-m", "publisher", "subscriptions", "serve", "--root", str(project.root)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr.strip()) == (3, "没有设环境变量 PUBLISHER_SMTP_URL，确认邮件寄不出去")
    make_project(project, "")
    done = subprocess.run([*command, "--lang", "en"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 3
    assert done.stderr.startswith("set extra.publisher.service_url")


def test_the_site_has_a_form_only_where_there_is_a_service(project: Project) -> None:
    make_project(project, "")
    project.write("content/pages/subscribe.md", "---\n标题: 订阅\n摘要: 订阅\n发布时间: 2026-11-01\n---\n正文\n").build()
    assert '<form class="form"' not in project.read("index.html") + project.read("subscribe/index.html")
    assert "form-action &#39;self&#39;;" in project.read("index.html") or "form-action 'self';" in project.read("index.html")
    make_project(project).build()
    for name in ("index.html", "subscribe/index.html"):
        page = project.read(name)
        assert f'action="{SERVICE}subscribe"' in page, name
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
        assert policy
        assert "https://mail.street.example" in policy[1]
    assert '<form class="form"' not in project.read("news/a/index.html")
