"""Policies against profiles: sizes at every edge, what makes a verdict, that it is monotone, the command, and the self-check's files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.cli import main
from publisher.content.codes import industries
from publisher.matching.profile import EnterpriseProfile, plain_profile, read_profile
from publisher.matching.rules import Rule, show_money, show_months, statement_id
from publisher.matching.sizes import SIZES, find_size_row, possible_sizes, size_table
from publisher.matching.verdict import ANSWERS, add_months, hints, judge_benefit, judge_rule
from publisher.yamltext import YamlText
from tests.profiles import BENEFITS, TODAY, benefit, draw_profiles, rule
from tests.project import AS_OF, Project
from tests.test_build import POLICY_TAIL, pages

WAN = 10_000
PROFILE = "主体类型: 个体户\n行业: 餐饮业\n从业人数: 8\n营业收入: 120\n纳税人类型: 小规模\n区划: 新城区\n成立日期: 2021-05-18\n"


# Sizes


@pytest.mark.parametrize("row", size_table().rows, ids=lambda row: row.name)
def test_every_limit_of_the_table_is_where_a_size_begins(row: Any) -> None:
    """All limits of a size must be met, else it is one size lower; one number short of one limit is enough to be lower."""
    industry = row.codes[0]
    for at in range(3):
        exact = {"industry": industry} | {name: limits[at] for name, limits in row.limits}
        assert possible_sizes(exact) == (SIZES[at],)
        for name, limits in row.limits:
            assert possible_sizes(exact | {name: limits[at] - 1}) == (SIZES[at + 1],)
            assert possible_sizes(exact | {name: 10**12}) == (SIZES[at],) or len(row.limits) == 1


@pytest.mark.parametrize(
    ("industry", "staff", "revenue", "expected"),
    [
        ("52", 50, 500 * WAN, "medium"),  # 零售: 中 50人 & 500万
        ("52", 49, 500 * WAN, "small"),
        ("52", 300, 20_000 * WAN - 1, "medium"),
        ("62", 10, 100 * WAN, "small"),  # 餐饮: 小 10人 & 100万
        ("62", 9, 10_000 * WAN, "micro"),
        ("61", 300, 10_000 * WAN, "large"),
        ("51", 5, 1000 * WAN, "small"),
        ("64", 2000, 100_000 * WAN, "large"),
        ("7020", 1000, 5000 * WAN, "large"),
    ],
)
def test_sizes_that_the_street_meets(industry: str, staff: int, revenue: int, expected: str) -> None:
    assert possible_sizes({"industry": industry, "staff": staff, "revenue": revenue}) == (expected,)


def test_what_is_not_known_may_make_an_enterprise_smaller_never_larger() -> None:
    assert possible_sizes({"industry": "62", "staff": 150}) == ("medium", "small", "micro")
    assert possible_sizes({"industry": "62", "staff": 5}) == ("micro",)
    assert possible_sizes({"industry": "62"}) == SIZES


@pytest.mark.parametrize("industry", ["53", "66", "83", "84", "91", "59", "70", "704"])
def test_no_size_is_guessed_where_the_table_has_none_or_the_code_is_too_short(industry: str) -> None:
    assert possible_sizes({"industry": industry, "staff": 5, "revenue": 1, "assets": 1}) == ()


def test_the_table_has_each_division_once_and_only_real_ones() -> None:
    codes = [code for row in size_table().rows for code in row.codes]
    assert len(codes) == len(set(codes))
    assert {code[:2] for code in codes} <= {code for code, one in industries().items() if not one.is_section}
    covered = {one.section for code, one in industries().items() if not one.is_section and (find_size_row(code) or code in ("59", "70"))}
    assert covered == set("ABCDEFGHIKLMNOQR"), "no finance, education, administration, households or international bodies"
    assert "213号" in size_table().source


# Verdicts


@pytest.mark.parametrize(
    ("tested", "profile", "grade", "told"),
    [
        (rule("subject", "in", ["enterprise"]), {"subject": "sole-trader"}, "unmet", "您填的是个体工商户"),
        (rule("subject", "in", ["enterprise"]), {}, "unknown", "还没有填，需核实"),
        (rule("subject", "in", ["enterprise"], quoted=False), {"subject": "sole-trader"}, "unknown", "本站摘录里没有写明，以原文为准"),
        (rule("industry", "in", ["6210"]), {"industry": "62"}, "unknown", "要看更细的行业分类，需核实"),
        (rule("industry", "in", ["62"]), {"industry": "6210"}, "met", "符合"),
        (rule("excluded-industry", "out", ["52"]), {"industry": "5211"}, "unmet", "您填的是零售业"),
        (rule("excluded-industry", "out", ["5211"]), {"industry": "52"}, "unknown", "要看更细的行业分类，需核实"),
        (rule("excluded-industry", "out", ["51"]), {"industry": "52"}, "met", "符合"),
        (rule("staff", "max", 300), {"staff": 300}, "met", "符合"),
        (rule("staff", "max", 300), {"staff": 301}, "near", "现在301人，多1人"),
        (rule("staff", "max", 300), {"staff": 361}, "unmet", "现在361人，多61人"),
        (rule("staff", "min", 10), {"staff": 8}, "near", "现在8人，还差2人"),
        (rule("sales", "max", 500 * WAN), {"sales": 500 * WAN}, "met", "符合"),
        (rule("sales", "max", 500 * WAN), {"sales": 5_001_000}, "near", "现在500.1万元，多0.1万元"),
        (rule("founded", "until", "2024-06-30"), {"founded": "2024-07-01"}, "unmet", "您填的成立日期是2024-07-01"),
        (rule("founded", "months-min", 12), {"founded": "2025-11-23"}, "met", "符合"),
        (rule("founded", "months-min", 12), {"founded": "2025-11-24"}, "near", "到2026-11-24才满"),
        (rule("founded", "months-min", 36), {"founded": "2026-01-01"}, "unmet", "到2029-01-01才满"),
        (rule("founded", "months-max", 36), {"founded": "2023-11-22"}, "unmet", "到2026-11-22就超过了"),
        (rule("size", "in", ["small", "micro"]), {"industry": "62", "staff": 150, "revenue": 3000 * WAN}, "near", "按您填的数是中型，差一档"),
        (rule("size", "in", ["micro"]), {"industry": "62", "staff": 400, "revenue": 20_000 * WAN}, "unmet", "按您填的数是大型"),
        (rule("size", "in", ["micro"]), {"industry": "62", "staff": 15}, "unknown", "按已经填的数可能是小型或微型，需核实"),
        (rule("size", "in", ["micro"]), {"industry": "66"}, "unknown", "这个行业划不了型，需核实"),
        (rule("district", "in", ["6101"]), {"district": "610102"}, "met", "符合"),
        (rule("district", "in", ["99"]), {"district": "610102"}, "unmet", "您填的是新城区"),
        (rule("stated", "is", "aaaaaa"), {"stated": {"aaaaaa": False}}, "near", "您填的是不符合；做到了再来看"),
    ],
)
def test_what_becomes_of_a_rule(tested: Rule, profile: dict[str, Any], grade: str, told: str) -> None:
    assert judge_rule(tested, profile, TODAY) == (grade, told)


def test_small_is_three_things() -> None:
    """划型, 小型微利企业 and 小规模纳税人 are asked apart: none follows from another."""
    micro = {"industry": "62", "staff": 5, "revenue": 1, "subject": "enterprise"}
    assert judge_rule(rule("size", "in", ["micro"]), micro, TODAY).grade == "met"
    for kind, value in (("small-low-profit", "yes"), ("taxpayer", "small-scale")):
        assert judge_rule(rule(kind, "in", [value]), micro, TODAY).grade == "unknown"
    assert hints({"taxpayer": "small-scale", "sales": 501 * WAN}, TODAY)[0].startswith("小规模纳税人的年应征增值税销售额")
    assert hints({"small-low-profit": "yes", "staff": 301}, TODAY)[0].startswith("小型微利企业的从业人数")
    assert hints({"small-low-profit": "yes", "subject": "sole-trader"}, TODAY)[0].startswith("小型微利企业说的是")
    assert hints({"small-low-profit": "yes", "staff": 300, "subject": "enterprise", "taxpayer": "small-scale", "sales": 500 * WAN}, TODAY) == []


def test_an_benefit_is_judged_by_its_best_way_and_is_over_after_its_day() -> None:
    both = benefit([rule("subject", "in", ["enterprise"])], [rule("taxpayer", "in", ["small-scale"])])
    assert judge_benefit(both, {"subject": "sole-trader", "taxpayer": "small-scale"}, TODAY)[:2] == ("maybe", 1)
    assert judge_benefit(benefit([], until=TODAY), {}, TODAY).answer == "maybe"
    assert judge_benefit(benefit([], until="2026-11-22"), {}, TODAY).findings == (("unmet", "到2026-11-22为止，已经过了"),)
    two = benefit([rule("staff", "max", 300), rule("founded", "months-min", 12)])
    assert judge_benefit(two, {"staff": 301, "founded": "2025-12-01"}, TODAY).answer == "no", "two things short is not nearly"
    assert judge_benefit(two, {"staff": 301, "founded": "2020-12-01"}, TODAY).answer == "near"


PROFILES = st.integers(0, 10**9).map(lambda seed: next(draw_profiles(1, seed)))
RULES = st.sampled_from([one for made in BENEFITS for way in made["ways"] for one in way])
WAYS = st.lists(RULES, max_size=4)


@given(st.lists(WAYS, min_size=1, max_size=3), RULES, st.integers(0, 2), PROFILES)
def test_a_further_condition_never_lets_more_profiles_in(ways: list[list[Rule]], more: Rule, at: int, profile: dict[str, Any]) -> None:
    at %= len(ways)
    harder = [[*way, more] if index == at else way for index, way in enumerate(ways)]
    assert ANSWERS.index(judge_benefit(benefit(*harder), profile, TODAY).answer) >= ANSWERS.index(judge_benefit(benefit(*ways), profile, TODAY).answer)


@given(st.lists(WAYS, min_size=1, max_size=3), WAYS, PROFILES)
def test_a_further_way_never_shuts_anybody_out(ways: list[list[Rule]], more: list[Rule], profile: dict[str, Any]) -> None:
    assert ANSWERS.index(judge_benefit(benefit(*ways, more), profile, TODAY).answer) <= ANSWERS.index(judge_benefit(benefit(*ways), profile, TODAY).answer)


@given(WAYS, PROFILES, st.data())
def test_what_is_not_known_never_excludes(way: list[Rule], profile: dict[str, Any], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*sorted(profile), "size"]))
    less = {key: value for key, value in profile.items() if key != name}
    if name == "size" or "size" in profile:
        return  # a declared size stands for numbers, so without it they count
    before, after = (judge_benefit(benefit(way), one, TODAY).answer for one in (profile, less))
    assert ANSWERS.index(after) <= ANSWERS.index(before)


@given(st.sampled_from(["staff", "sales"]), st.integers(0, 10**7), st.integers(0, 10**6), st.integers(0, 2 * 10**7))
def test_a_wider_limit_never_shuts_anybody_out(kind: str, limit: int, wider: int, have: int) -> None:
    grades = ["met", "near", "unmet"]
    for test, other in (("max", limit + wider), ("min", max(0, limit - wider))):
        narrow, wide = (judge_rule(rule(kind, test, one), {kind: have}, TODAY).grade for one in (limit, other))
        assert grades.index(wide) <= grades.index(narrow)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2026-11-23", 0, "2026-11-23"),
        ("2025-12-31", 14, "2027-02-28"),
        ("9999-01-01", 12, "9999-12-31"),
    ],
)
def test_months_later(day: str, months: int, expected: str) -> None:
    assert add_months(day, months) == expected


def test_how_numbers_are_shown() -> None:
    assert [show_money(yuan) for yuan in (0, 1, 10_000, 1_234_500)] == ["0", "0.0001", "1", "123.45"]
    assert [show_months(months) for months in (0, 1, 12, 18, 36)] == ["0个月", "1个月", "1年", "18个月", "3年"]


# The profile and the command


def test_a_profile_is_read_in_either_language_and_as_json() -> None:
    in_english = {
        "subject": "sole-trader",
        "industry": "62",
        "staff": "8",
        "revenue": "120",
        "taxpayer": "small-scale",
        "district": "610102",
        "founded": "2021-05-18",
    }
    texts = [PROFILE, json.dumps(in_english), "从业人数: 8\n小型微利: 未知\n其他条件:\n  - {条件: 登记为有限责任公司, 符合: 是}\n"]
    read = [read_profile(YamlText("profile.yml", text)) for text in texts]
    assert [problems for _, problems in read] == [[], [], []]
    assert read[0][0] == read[1][0] == in_english | {"staff": 8, "revenue": 1_200_000}
    assert read[2][0] == {"staff": 8, "stated": {statement_id("登记为有限责任公司"): True}}
    assert plain_profile(EnterpriseProfile()) == {}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("主体类型: 公司\n", "1:7 [unknown-value]"),
        ("人数: 8\n", "1:1 [unknown-key]"),
        ("从业人数: 八\n", "1:7 [bad-number]"),
    ],
)
def test_a_mistake_in_a_profile_is_told_where_it_stands(text: str, place: str) -> None:
    profile, problems = read_profile(YamlText("profile.yml", text))
    assert profile == {}
    assert [f"{problem.span} [{problem.code}]" for problem in problems] == [f"profile.yml:{place}"]


def match(project: Project, tmp_path: Path, text: str, *options: str) -> int:
    file = tmp_path / "profile.yml"
    file.write_text(text, encoding="utf-8")
    return main(["match", "policy", "--profile", str(file), "--root", str(project.root), "--as-of", AS_OF, *options])


def test_the_command_answers_in_chinese_and_as_json(demo: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert match(demo, tmp_path, PROFILE) == 0
    text = capsys.readouterr().out
    for words in (
        "：微型，餐饮业",
        "可能适用，需核实（",
        "不适用（",
        "第一条：（要点）个体工商户",
        "[不符合] 行业不含：",
        "到2027-12-31为止",
        "以官方原文和主管部门答复为准",
    ):
        assert words in text
    assert match(demo, tmp_path, PROFILE, "--format", "json") == 0
    result = json.loads(capsys.readouterr().out)
    answers = {row["name"]: row["answer"] for row in result["benefits"]}
    assert answers["个体工商户个人所得税减半"] == "maybe"
    assert answers["研发费用加计扣除"] == "no"
    assert answers["老公司调整出资期限（义务）"] == "no"
    assert result["sizes"] == ["micro"]
    assert not [row for row in result["benefits"] if row["policy"] == "zc-2023-19"], "what is superseded is not offered"
    assert all(
        condition["grade"] == "unknown" or condition["quote"]
        for row in result["benefits"]
        for condition in row["conditions"]
        if condition["grade"] in ("near", "unmet")
    )


def test_the_command_refuses_a_faulty_profile(demo: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert match(demo, tmp_path, "主体类型: 公司\n") == 1
    assert "[unknown-value]" in capsys.readouterr().out
    assert main(["match", "policy", "--profile", str(tmp_path / "none.yml"), "--root", str(demo.root)]) == 3


# The files of the site

BENEFIT = "可享事项:\n  - 事项: 减半\n    给什么: 税额减半\n    适用对象:\n      从业人数上限: 300\n      依据:\n        - {条件: 从业人数, 条: 第二条}\n"
QUOTED = "原文摘录:\n  - 条: 第二条\n    文: 从业人数不超过300人的，税额减半。\n"


def policy(project: Project, name: str = "p", extra: str = BENEFIT + QUOTED) -> Project:
    return project.write(f"content/policies/{name}.md", f"---\n标题: 政策{name}\n摘要: 减半。\n发布时间: 2026-11-01 09:00\n{POLICY_TAIL}{extra}---\n\n正文。\n")


def test_only_what_says_something_of_conditions_touches_the_self_check(project: Project) -> None:
    policy(project).build()
    checked = {"check/index.html", "check/rules.json"}
    project.edit("content/policies/p.md", "正文。", "新的正文。").build()
    assert not checked & pages(project)
    project.edit("content/policies/p.md", "税额减半\n    适用", "税额减去一半\n    适用").build()
    assert pages(project) == checked, "the policy's own page shows its conditions under 适用对象"
    project.news("n").build()
    assert not checked & pages(project)
    project.edit("content/policies/p.md", "政策p", "改名的政策").build()
    assert checked <= pages(project)
    project.build("2027-01-02")
    assert checked <= pages(project)
    assert json.loads(project.read("check/rules.json"))["policies"] == [], "what has expired is not offered"


def test_a_policy_whose_conditions_nobody_tied_to_its_words_is_not_judged(project: Project) -> None:
    policy(project, extra=QUOTED).build()
    assert json.loads(project.read("check/rules.json"))["policies"] == []
    assert "还没有整理好条件的政策" in project.read("check/index.html")


def test_conditions_of_the_whole_policy_hold_for_each_thing_but_exclude_nobody_without_words(project: Project) -> None:
    policy(project).build()
    (way,) = json.loads(project.read("check/rules.json"))["policies"][0]["benefits"][0]["ways"]
    assert [(one["kind"], one["quote"]) for one in way] == [("staff", [["第二条", "从业人数不超过300人的，税额减半。"]]), ("subject", [])]
    assert judge_rule(way[1], {"subject": "sole-trader"}, TODAY).grade == "unknown"


def test_every_condition_of_the_demo_that_can_exclude_has_its_words(demo: Project) -> None:
    data = json.loads(demo.read("check/rules.json"))
    own = [one for row in data["policies"] for made in row["benefits"] for way in made["ways"] for one in way]
    assert {one["kind"] for one in own} >= {
        "subject",
        "taxpayer",
        "small-low-profit",
        "size",
        "staff",
        "sales",
        "founded",
        "stated",
        "excluded-industry",
        "industry",
        "district",
    }
    assert all(article and words for one in own for article, words in one["quote"])
    assert "内部" not in demo.read("check/rules.json")


def test_no_page_can_take_the_address_of_the_self_check(project: Project) -> None:
    project.write("content/pages/check.md", "---\n标题: 页\n发布时间: 2026-11-01\n---\n\n正文。\n")
    assert project.check() == ["content/pages/check.md:1:1 [duplicate-id]"]
