"""The search index in a build: exact sets of rewritten files, every way of building alike, recall of every entry, nothing that is not public."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from bench import formats
from bench.corpus import Corpus
from publisher.search.segment import fold, query_terms, scatter, terms_of
from tests.project import MKDOCS, ROOT, Project
from tests.search_files import SUMMARY, TITLE, SearchFiles, samples

SYNONYMS = "同义词:\n  - 词: [补贴, 补助]\n"


def many(project: Project, count: int = 40) -> Project:
    """So many entries that the newest month has several shards."""
    for number in range(count):
        project.news(
            f"n{number:02d}",
            body=f"第{number}条写的是{'甲乙丙丁戊己庚辛壬癸'[number % 10] * 2}的事。",
            发布时间=f"2026-11-{1 + number // 3:02d} 09:{number:02d}",
        )
    return project


def index_files(project: Project) -> set[str]:
    """What was written of the index."""
    return {path.removeprefix("search/") for path in project.report.written if path.startswith("search/") and path != "search/index.html"}


def shards_of(folder: str, count: int, terms: set[int]) -> set[str]:
    return {f"{folder}/terms-{scatter(term) & count - 1}.bin" for term in terms}


def test_a_body_edit_rewrites_the_shards_of_the_terms_that_came_or_went_and_one_block(project: Project) -> None:
    many(project).build().edit("content/news/n07.md", "辛辛的事", "喜事").build()
    changed = terms_of(fold("第7条写的是辛辛的事。")) ^ terms_of(fold("第7条写的是喜事。"))
    assert index_files(project) == shards_of("2026-11", 16, changed) | {"2026-11/texts-3.bin"}
    assert len(index_files(project)) < 10
    assert project.report.removed == []


def test_an_edit_that_changes_no_word_rewrites_no_shard(project: Project) -> None:
    many(project).build().edit("content/news/n07.md", "的事。", "的事！").build()
    assert index_files(project) == {"2026-11/texts-3.bin"}


def test_a_title_edit_rewrites_the_shards_of_its_terms_and_one_block(project: Project) -> None:
    many(project).build().edit("content/news/n08.md", "消息n08", "信息n08").build()
    changed = terms_of(fold("消息n08")) ^ terms_of(fold("信息n08"))
    assert index_files(project) == shards_of("2026-11", 16, changed) | {"2026-11/texts-4.bin"}


def test_a_new_entry_rewrites_the_newest_month_only(project: Project) -> None:
    many(project).news("old", 发布时间="2025-05-05").news("year", 发布时间="2026-05-05").build()
    project.news("new", body="新来的。", 发布时间="2026-11-22").build()
    terms = terms_of(fold("消息new\nnew的摘要\n新来的\n原创"))
    written = index_files(project)
    assert written - shards_of("2026-11", 16, terms) == {"2026-11/texts-20.bin", "2026-11/labels.json", "contents.json"}


def test_a_step_over_a_deadline_rewrites_a_block_and_the_labels(project: Project) -> None:
    many(project).edit("content/news/n00.md", "摘要:", "有效期至: 2026-11-24\n摘要:").build("2026-11-23").build("2026-11-25")
    assert "2026-11/labels.json" in index_files(project)
    assert "contents.json" in index_files(project)
    assert not [path for path in index_files(project) if "texts" in path and path != "2026-11/texts-0.bin"]
    assert list(SearchFiles(project.out).over()) == [("2026-11", 0)]


def test_a_new_month_rewrites_the_year_and_a_withdrawn_entry_leaves_its_number_empty(project: Project) -> None:
    many(project).build("2026-12-05")
    project.news("december", 发布时间="2026-12-02").build("2026-12-05")
    names = [volume["name"] for volume in SearchFiles(project.out).contents["volumes"]]
    assert names == ["2026", "2026-12"]
    assert not (project.out / "search/2026-11").exists()
    project.edit("content/news/n03.md", "摘要:", "状态: 已撤回\n撤回: {时间: 2026-12-03, 说明: 主办方取消。}\n摘要:").build("2026-12-05")
    files = SearchFiles(project.out)
    assert ("2026", 3) not in files.records
    assert len(files.records) == 40
    assert files.find("n03的摘要") == set()
    assert_like_clean(project, "2026-12-05")


def assert_like_clean(project: Project, as_of: str = "2026-11-23 09:00") -> None:
    fresh = project.root / "fresh"
    built = project.files()
    project.build(as_of, out=fresh)
    assert {path: data for path, data in built.items() if path.startswith("search/")} == {
        path: data for path, data in project.files(fresh).items() if path.startswith("search/")
    }


@pytest.mark.parametrize("name", ["2026-11/terms-3.bin", "2026-11/texts-2.bin", "2026-11/labels.json", "contents.json", "traditional.txt"])
@pytest.mark.parametrize("how", ["spoil", "remove"])
def test_a_damaged_file_is_made_anew(project: Project, name: str, how: str) -> None:
    file = many(project).build().out / "search" / name
    right = file.read_bytes()
    if how == "remove":
        file.unlink()
    else:
        file.write_bytes(b"spoilt")
    project.edit("content/news/n05.md", "第5条", "第五条").build()
    if "terms" not in name and "texts" not in name:
        assert file.read_bytes() == right
    assert_like_clean(project)


def test_several_processes_write_the_index_that_one_writes(project: Project) -> None:
    many(project).build(processes=1)
    several = project.root / "several"
    project.build(out=several, processes=3)
    assert project.files() == project.files(several)
    for number in range(0, 40, 2):
        project.edit(f"content/news/n{number:02d}.md", "的事", "的大事")
    project.build(processes=1).build(out=several, processes=2)
    assert project.files() == project.files(several)


def test_terms_that_went_to_disk_in_between_are_all_there(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    many(project).build()
    monkeypatch.setattr("publisher.search.columns._ENTRIES", 3)
    assert_like_clean(project)


def python(code: str) -> str:
    """What a new process prints."""
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True, env=environment).stdout


def test_an_edit_does_not_load_numpy(project: Project) -> None:
    build = f"from publisher.cli import main; main(['build', '--root', {str(many(project).root)!r}, '--as-of', '2026-11-23 09:00'])"
    ask = f"import sys; {build}; print(sorted({{'numpy', 'publisher.search.edits'}} & set(sys.modules)))"
    assert python(ask).splitlines()[-1] == "['numpy', 'publisher.search.edits']"
    project.edit("content/news/n07.md", "的事。", "的喜事。")
    told = python(ask)
    assert "写了" in told
    assert told.splitlines()[-1] == "['publisher.search.edits']"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc")
def test_numpy_starts_no_thread_for_processes_must_fork() -> None:
    assert python("import os, publisher.search.columns; print(len(os.listdir('/proc/self/task')))") == "1\n"


def test_search_can_be_set_off(tmp_path: Path) -> None:
    project = Project(tmp_path / "project", MKDOCS + "extra: {publisher: {search: true}}\n")
    many(project, 3).build()
    assert (project.out / "search/contents.json").exists()
    (project.root / "mkdocs.yml").write_text(MKDOCS + "extra: {publisher: {search: false}}\n", encoding="utf-8")
    project.build()
    assert not (project.out / "search").exists()
    assert 'action="search' not in project.read("index.html")


def test_where_search_is_off_nothing_of_its_index_is_loaded(tmp_path: Path) -> None:
    project = Project(tmp_path, MKDOCS + "extra:\n  publisher:\n    search: false\n").news("a")
    build = f"from publisher.cli import main; main(['build', '--root', {str(project.root)!r}, '--as-of', '2026-11-23 09:00'])"
    names = "('publisher.engine.gleaning', 'publisher.engine.searching', 'publisher.search.labels', 'publisher.search.shards')"
    assert python(f"import sys; {build}; print([name for name in {names} if name in sys.modules])").splitlines()[-1] == "[]"


def test_synonyms_are_in_the_table_of_contents_and_an_edit_of_them_rewrites_only_that(project: Project) -> None:
    many(project).write("content/taxonomy/synonyms.yml", SYNONYMS).build()
    assert SearchFiles(project.out).contents["synonyms"] == [["补贴", "补助"]]
    project.edit("content/taxonomy/synonyms.yml", "补助]", "补助, 獎補]").build()
    assert project.report.written == ["search/contents.json"]
    assert SearchFiles(project.out).contents["synonyms"] == [["补贴", "补助", "奖补"]]
    project.remove("content/taxonomy/synonyms.yml").build()
    assert SearchFiles(project.out).contents["synonyms"] == []


def test_drafts_scheduled_withdrawn_and_internal_words_are_not_in_the_index(project: Project) -> None:
    project.news("draft", body="草稿里的秘密。", 状态="草稿").news("later", body="以后的秘密。", 发布时间="2026-12-24")
    project.news("inside", body="内部的秘密。", 可见范围="内部").news("gone", body="撤回的秘密。", 状态="已撤回", 撤回="{时间: 2026-11-22, 说明: 取消。}")
    project.news("shown", body="公开的话。", 内部备注="备注里的秘密").build()
    files = SearchFiles(project.out)
    assert [record.url for record in files.records.values()] == ["news/shown/"]
    assert files.find("秘密") == set()
    assert files.find("公开") == {"news/shown/"}
    for file in (project.out / "search").rglob("*"):
        for coding in ("utf-8", "utf-16-le") if file.is_file() else ():
            assert "秘密".encode(coding) not in file.read_bytes(), file


def test_facts_tags_and_document_numbers_are_found_however_they_are_typed(demo: Project) -> None:
    files = SearchFiles(demo.out)
    policies = {record.url for record in files.records.values() if record.kind == "policy" and "2023年第12号" in record.text}
    assert policies
    for query in ("公告2023年第12号", "公告２０２３年第１２号", "公告 2023年", "公告〔2023年第12号", "公吿2023年第12號".replace("吿", "告")):
        assert files.find(query) >= policies, query
    assert files.find("專網") == files.find("专网") != set()


def recall(files: SearchFiles, seed: int, each: int) -> int:
    """How many substrings of titles, summaries and texts were asked for; every one must find all that contain it."""
    dice = random.Random(seed)
    asked = 0
    for record in files.records.values():
        for text, count in ((record.title, each), (record.summary, each), (record.text, 2 * each)):
            for query in samples(text, dice, count):
                wanted = files.containing(query)
                assert record.url in wanted, (record.url, query)
                assert files.find(query) >= wanted, (record.url, query)
                asked += 1
        for field, text in ((TITLE, record.title), (SUMMARY, record.summary)):
            assert record.url in files.find(text[:8], field) or not fold(text[:8])
    return asked


@pytest.mark.parametrize("seed", [1, 2])
def test_every_entry_of_the_demo_is_found_by_every_sample_of_its_words(demo: Project, seed: int) -> None:
    files = SearchFiles(demo.out)
    pages = {f"{path.parent.relative_to(demo.out).as_posix()}/": path.read_text() for path in demo.out.glob("*/*/index.html")}
    entries = {url for url, page in pages.items() if url.split("/")[0] in FOLDERS and "status--withdrawn" not in page.split("<h1>")[1].split("</header>")[0]}
    assert entries == {record.url for record in files.records.values() if record.kind != "page"}
    assert recall(files, seed, 3) > 800


FOLDERS = ("news", "policies", "matchmaking", "guides", "events", "enterprises", "services")


def test_every_entry_of_a_made_up_street_is_found_by_every_sample_of_its_words(project: Project) -> None:
    corpus = Corpus(150)
    for number in range(corpus.size):
        path, text = formats.ours(corpus.entry(number))
        project.write(f"content/{path}", text)
    project.write("content/taxonomy/tags.yml", formats.our_tags()).build()
    assert recall(SearchFiles(project.out), 3, 4) > 1_800


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>标题", "😀表情😀", "\U00020bb7野家", "Cafe\u0301零宽", "=cmd|' /C calc'!A0"])
def test_hostile_titles_are_found_as_plain_words(project: Project, hostile: str) -> None:
    project.news("a", 标题=f"'{hostile.replace(chr(39), chr(39) * 2)}'").build()
    files = SearchFiles(project.out)
    assert files.find(hostile) == {"news/a/"}
    assert query_terms(fold(hostile))
