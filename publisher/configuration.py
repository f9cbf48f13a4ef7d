"""``mkdocs.yml`` in, `Settings` out: what the publisher needs of it, above all ``extra.publisher``.

What it does not do: the theme, which only `publisher.material` reads. It accepts the tags that MkDocs accepts and passes
over all it does not know outside ``extra.publisher``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from publisher.fullyaml import compose, node_span
from publisher.model import InvalidError, PlacedFault
from publisher.problems import Problem, PublisherError, suggestion
from publisher.settings import Settings
from publisher.sources import read_sources
from publisher.yamltext import YamlText

CONFIG_NAME = "mkdocs.yml"
#: How a setting whose form is fixed is written.
_EXAMPLES = {
    "icp_number": "陕ICP备12345678号-1",
    "police_number": "陕公网安备 61010202000001号",
    "robots": "noindex, nofollow",
    "form_action": "https://mail.example.com",
    "service_url": "https://mail.example.com/",
}


def load_settings(root: Path) -> tuple[Settings | None, list[Problem]]:
    """Read ``mkdocs.yml``; a missing file or folder is a `PublisherError`, a wrong value a `Problem`."""
    path = root / CONFIG_NAME
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PublisherError(f"读不了 {path}：{reason}", f"cannot read {path}: {reason}") from error
    source = YamlText(CONFIG_NAME, text)
    node, problem = compose(source)
    if problem:
        return None, [problem]
    top = _pairs(node)
    problems = [*_repeated(source, node), *_repeated(source, top.get("extra")), *_repeated(source, _pairs(top.get("extra")).get("publisher"))]
    sources, faults = read_sources(root)
    problems += faults
    values: dict[str, Any] = {"root": root, "changed_sources": {url: state.changed for url, state in sources.items() if state.changed}}
    for name, key in (("site_name", "site_name"), ("site_url", "site_url"), ("site_description", "site_description")):
        if isinstance(top.get(key), yaml.ScalarNode):
            values[name] = top[key].value
    own = _pairs(top.get("extra")).get("publisher")
    if own is not None and not isinstance(own, yaml.MappingNode) and own.value:
        words = {"field": "extra.publisher", "reason": "下面要写“键: 值”", "english": "it must be a mapping"}
        problems.append(source.problem("bad-setting", node_span(source, own), **words))
    elsewhere = frozenset(values)
    for key, part in own.value if isinstance(own, yaml.MappingNode) else ():
        name = key.value if isinstance(key, yaml.ScalarNode) else "…"
        if name in values and name not in elsewhere:
            continue  # it is told as repeated
        if name not in Settings.model_fields or name in elsewhere:
            guess = suggestion(name, list(Settings.model_fields))
            words = {"field": name, "reason": "没有这一项", "english": "there is no such setting", "guess": guess}
            problems.append(source.problem("bad-setting", node_span(source, key), **words))
            continue
        try:
            values[name] = _plain(part)
        except RecursionError:
            problems.append(source.problem("alias-cycle", node_span(source, part), value="…"))
    if not re.fullmatch(r"https?://[^/\s]+/(\S*/)?", values.get("site_url", "")):
        at = node_span(source, top["site_url"]) if "site_url" in top else source.span(0, 0)
        problems.append(
            source.problem(
                "bad-setting",
                at,
                field="site_url",
                reason="要写完整网址并以 / 结尾，如 https://example.com/",
                english="write the full address with a slash at its end",
            )
        )
        values["site_url"] = "https://example.com/"
    values.setdefault("publisher_name", values.get("site_name", ""))
    try:
        settings = Settings(**values)
    except InvalidError as error:
        for fault in error.faults:
            place = _node_at(own, fault.way) or node
            span = node_span(source, place) if place else source.span(0, 0)
            reason, english = _reason(fault)
            problems.append(source.problem("bad-setting", span, field=".".join(map(str, fault.way)), reason=reason, english=english))
        return None, problems
    return (None if problems else settings), problems


def _repeated(source: YamlText, node: yaml.Node | None) -> list[Problem]:
    """Keys that are written twice, of which MkDocs would silently take the last."""
    seen: dict[str, int] = {}
    problems = []
    for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode) and key.value in seen:
            problems.append(source.problem("duplicate-key", node_span(source, key), value=key.value, line=seen[key.value]))
        elif isinstance(key, yaml.ScalarNode):
            seen[key.value] = node_span(source, key).line
    return problems


def _reason(fault: PlacedFault) -> tuple[str, str]:
    """What is wrong with a setting, in both languages."""
    bound, example = fault.context.get("bound"), _EXAMPLES.get(str(fault.way[0]))
    return {
        "not-whole": ("要写整数", "it must be a whole number"),
        "too-small": (f"不能小于 {bound}", f"it must not be less than {bound}"),
        "too-large": (f"不能大于 {bound}", f"it must not be greater than {bound}"),
        "wrong-form": (f"要写成“{example}”这样", f"write it like “{example}”") if example else ("写法不对", "it has another form"),
        "too-long": (f"最长 {bound} 个字符", f"it must have at most {bound} characters"),
        "not-text": ("要写一行文字", "it must be a line of text"),
        "not-a-flag": ("要写 true 或 false", "it must be true or false"),
        "unknown": ("没有这一项", "there is no such setting"),
        "not-a-mapping": ("下面要写“键: 值”", "it must be a mapping"),
        "missing": ("要写", "it must be written"),
    }[fault.code]


def _pairs(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}


def _plain(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {name: _plain(part) for name, part in _pairs(node).items()}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return node.value


def _node_at(node: yaml.Node | None, steps: tuple[int | str, ...]) -> yaml.Node | None:
    for step in steps:
        node = _pairs(node).get(str(step))
    return node
