"""Declared fields: what is read, every fault with its way, and what a frozen value may be asked."""

from __future__ import annotations

import json
import pickle
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from publisher.content.model.fields import Count, Day, Text, key
from publisher.content.model.kinds import MODELS
from publisher.content.model.schema import json_schema
from publisher.content.model.vocabulary import KIND_OF_FOLDER, Kind, Way
from publisher.model import InvalidError, Model
from publisher.settings import Settings
from publisher.strictyaml import parse
from publisher.yamltext import YamlText
from tests.project import ROOT


class Stop(Model):
    name: Text = key("站", "")
    minutes: Count | None = key("分", "", None)


class Round(Model):
    """A round with stops."""

    name: Text = key("名", "", also=("路线",))
    day: Day = key("日", "")
    way: Way = key("方式", "", Way.VISIT)
    first: Stop | None = key("首站", "", None)
    stops: tuple[Stop, ...] = key("站", "", ())


class LongRound(Round):
    length: Count = key("里程", "")
    day: Day = key("起始日", "")


def faults(model: type[Model], values: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidError) as caught:
        model.model_validate(values)
    return [(".".join(map(str, fault.way)), fault.code) for fault in caught.value.faults]


def test_values_are_read_by_the_functions_of_their_types() -> None:
    made = Round.model_validate({"stops": [{"name": " 东口 ", "minutes": "5"}, {"name": "西口"}], "day": "2026-11-20", "name": "一号", "way": "电话"})
    assert (made.name, made.day, made.way, made.first) == ("一号", date(2026, 11, 20), Way.PHONE, None)
    assert made.stops == (Stop(name="东口", minutes="5"), Stop(name="西口"))
    assert Round(name="一号", day="2026-11-20", first=made.stops[0]).first is made.stops[0]
    assert list(vars(made)) == list(Round.model_fields)


def test_a_field_declared_anew_keeps_its_place_and_its_base_its_own() -> None:
    assert list(LongRound.model_fields) == ["name", "day", "way", "first", "stops", "length"]
    assert [model.model_fields["day"].title for model in (Round, LongRound)] == ["日", "起始日"]
    assert (LongRound.model_fields["stops"].shape.is_list, LongRound.model_fields["stops"].shape.inner) == (True, Stop)


def test_every_fault_is_told_in_the_order_of_the_fields_with_the_way_to_it() -> None:
    values = {"stops": [{"minutes": "五"}, "东口", {"name": "西口", "seats": "2"}], "way": "飞", "first": None, "name": ["一"], "colour": "红"}
    assert faults(Round, values) == [
        ("name", "wrong-type"),
        ("day", "missing"),
        ("way", "unknown-value"),
        ("stops.0.name", "missing"),
        ("stops.0.minutes", "bad-number"),
        ("stops.1", "not-a-mapping"),
        ("stops.2.seats", "unknown"),
        ("colour", "unknown"),
    ]
    assert faults(Round, {"name": "一号", "day": None, "stops": "东口"}) == [("day", "wrong-type"), ("stops", "not-a-list")]
    assert faults(LongRound, {"name": "", "day": "2026-11-31"}) == [("day", "bad-date"), ("length", "missing")]


def test_a_model_is_frozen_and_a_value() -> None:
    one, other = (Round(name="一号", day="2026-11-20", stops=[{"name": "东口"}]) for _ in range(2))
    assert one == other
    assert len({one, other}) == 1
    assert one != Round(name="二号", day="2026-11-20")
    assert one != LongRound.model_construct(**vars(one))
    assert one != "一号"
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(AttributeError, match="frozen"):
        one.name = "二号"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="frozen"):
        del one.name
    moved = one.model_copy(update={"name": "二号"})
    assert (one.name, moved.name, moved.stops) == ("一号", "二号", one.stops)
    assert repr(Stop(name="东口")) == "Stop(name='东口', minutes=None)"


def test_one_made_of_values_that_are_read_has_the_defaults_and_no_more() -> None:
    made = Round.model_construct(name="一号")
    assert (made.name, made.way, made.stops) == ("一号", Way.VISIT, ())
    assert not hasattr(made, "day")


GIVEN = {"root": ROOT, "site_name": "示例", "site_url": "https://example.com/"}


@pytest.mark.parametrize(
    ("setting", "good"),
    [
        ("mail.sender", "digest@example.com"),
        ("mail.list_id", "digest.example.com"),
        ("mail.unsubscribe_url", "https://example.com/u/TOKEN"),
        ("icp_number", "陕ICP备12345678号-1"),
        ("police_number", "陕公网安备 61010202000001号"),
        ("robots", "noindex, nofollow"),
        ("form_action", "https://mail.example.com"),
        ("service_url", "https://mail.example.com/"),
    ],
)
def test_a_setting_of_a_form_is_all_of_it_and_no_line_end(setting: str, good: str) -> None:
    outer, _, inner = setting.rpartition(".")
    for value, is_good in ((good, True), (f"{good}\n", False), (f"\n{good}", False), (f"{good} 又", False)):
        values = {outer: {inner: value}} if outer else {inner: value}
        if is_good:
            assert Settings(**GIVEN, **values)
        else:
            assert faults(Settings, GIVEN | values) == [(setting, "wrong-form")]


def test_settings_are_read_as_they_are_written() -> None:
    read = Settings(**GIVEN, per_page="30", share_cards="Yes", search="off", closing_days={"policy": " 60 "})
    assert (read.per_page, read.share_cards, read.search, read.closing_days.policy, read.closing_days.news) == (30, True, False, 60, 7)
    wrong = {"per_page": "20.0", "founded": "1999", "feed_entries": "501", "share_cards": "好", "mail": "我", "service_url": f"https://{'m' * 30}/", "x": ""}
    assert faults(Settings, GIVEN | wrong) == [
        ("founded", "too-small"),
        ("per_page", "not-whole"),
        ("feed_entries", "too-large"),
        ("share_cards", "not-a-flag"),
        ("mail", "not-a-mapping"),
        ("service_url", "too-long"),
        ("x", "unknown"),
    ]


@pytest.mark.parametrize("kind", Kind)
def test_the_json_schema_takes_what_a_build_takes_and_refuses_what_it_refuses(kind: Kind) -> None:
    schema = json.loads(json.dumps(json_schema(MODELS[kind])))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    paths = [
        path for folder, found in KIND_OF_FOLDER.items() if found is kind for path in sorted((ROOT / "content" / folder).rglob("*.*")) if is_entry(path.suffix)
    ]
    assert paths
    for path in paths:
        value = front_matter(path.read_text(encoding="utf-8"), path.suffix)
        assert [error.message for error in validator.iter_errors(value)] == [], path
        assert [error.message for error in validator.iter_errors({**value, "没有的键": "一"})] != []
        for field in MODELS[kind].model_fields.values():
            spellings = {field.title, field.name, field.name.replace("_", "-"), *field.also}
            rest = {name: part for name, part in value.items() if name not in spellings}
            assert bool(list(validator.iter_errors(rest))) == field.is_required, (path, field.title)


def is_entry(suffix: str) -> bool:
    return suffix in (".md", ".yml", ".yaml")


def front_matter(text: str, suffix: str) -> dict[str, Any]:
    yaml = text.split("---\n")[1] if suffix == ".md" else text
    value = parse(YamlText("content/x", yaml))[0]
    assert isinstance(value, dict)
    return {name: part for name, part in value.items() if part is not None}
