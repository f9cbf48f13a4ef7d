"""A style sheet and the names that pages may bear in, the rules that can apply to them out.

A theme's style sheet is written for all that the theme can do; a site uses a part of it, and a browser reads and weighs
every rule before it paints anything. A rule stays when each class, id and attribute that its selector asks for is among the names;
what stands in the parentheses of a pseudo-class is not asked about. A custom property stays when a declaration that stayed, or a
name, speaks of it. Rules keep their order, so what stays means what it meant (CSS Cascading and Inheritance Level 4).
What it does not do: know a theme or its pages, or shorten what a rule says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import tinycss2
from tinycss2.ast import AtRule, HashToken, IdentToken, LiteralToken, Node, ParseError, QualifiedRule, SquareBracketsBlock, StringToken

from publisher.problems import PublisherError

_NAME = re.compile(r"-{0,2}[A-Za-z_][\w-]*", re.ASCII)
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)", re.ASCII)


class _Rule(NamedTuple):
    """What stayed of a rule: the words before its block, and the declarations or rules in it; ``None`` for a rule without a block."""

    prelude: str
    declarations: Sequence[tuple[str, str]] | None = ()
    rules: Sequence[_Rule] = ()


def names_in(text: str) -> set[str]:
    """Everything in a text that may be the name of a class, an id, an attribute or its value, a custom property."""
    return set(_NAME.findall(text))


@lru_cache(maxsize=4)
def trim(css: str, names: frozenset[str]) -> str:
    """The rules that can match an element with only such names; raises `PublisherError` for what is no style sheet."""
    kept = list(_kept(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), names))
    return "".join(_written(kept, _spoken_of(kept, names)))


def _kept(nodes: Sequence[Node], names: frozenset[str]) -> Iterator[_Rule]:
    for node in nodes:
        if isinstance(node, ParseError):
            raise PublisherError(f"主题的样式读不懂：{node.message}", f"the theme's style sheet cannot be read: {node.message}")
        if isinstance(node, QualifiedRule):
            selectors = [tinycss2.serialize(selector).strip() for selector in _split(node.prelude) if _asked_for(selector) <= names]
            if selectors:
                yield _Rule(",".join(selectors), [*_declarations(node.content)])
        elif isinstance(node, AtRule):
            yield from _kept_at_rule(node, names)


def _kept_at_rule(node: AtRule, names: frozenset[str]) -> Iterator[_Rule]:
    prelude = f"@{node.at_keyword}{tinycss2.serialize(node.prelude)}"
    if node.content is None:
        yield _Rule(prelude, None)
    elif node.lower_at_keyword in ("media", "supports"):
        rules = list(_kept(tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True), names))
        if rules:
            yield _Rule(prelude, rules=rules)
    else:
        yield _Rule(prelude, [("", tinycss2.serialize(node.content))])


def _split(prelude: Sequence[Node]) -> Iterator[list[Node]]:
    """The selectors of a list of them."""
    selector: list[Node] = []
    for token in prelude:
        if isinstance(token, LiteralToken) and token.value == ",":
            yield selector
            selector = []
        else:
            selector.append(token)
    yield selector


def _asked_for(selector: Sequence[Node]) -> set[str]:
    """The names without which a selector matches nothing; of names that `names_in` does not know nothing is asked."""
    found: set[str] = set()
    for before, token in zip([None, *selector], selector, strict=False):
        if isinstance(token, HashToken) or (isinstance(token, IdentToken) and isinstance(before, LiteralToken) and before.value == "."):
            found.add(token.value)
        elif isinstance(token, SquareBracketsBlock):
            words = [str(part.value) for part in token.content if isinstance(part, (IdentToken, LiteralToken, StringToken))]
            found |= {words[0], words[2]} if words[1:2] == ["="] else {words[0]}
    return {name for name in found if _NAME.fullmatch(name)}


def _declarations(content: Sequence[Node]) -> Iterator[tuple[str, str]]:
    for node in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if not isinstance(node, ParseError):  # a browser passes over it too
            yield getattr(node, "name", ""), node.serialize()


def _spoken_of(rules: Sequence[_Rule], names: frozenset[str]) -> set[str]:
    """The custom properties that anything refers to which stays."""
    others: dict[str, set[str]] = {}
    found = {name for name in names if name.startswith("--")}
    waiting = list(rules)
    while waiting:
        rule = waiting.pop()
        waiting += rule.rules
        for name, text in rule.declarations or ():
            named = _VARIABLE.findall(text)
            if name.startswith("--"):
                others.setdefault(name, set()).update(named)
            else:
                found.update(named)
    reached = list(found)
    while reached:
        new = others.get(reached.pop(), set()) - found
        found |= new
        reached += new
    return found


def _written(rules: Sequence[_Rule], spoken_of: set[str]) -> Iterator[str]:
    for rule in rules:
        if rule.declarations is None:
            yield f"{rule.prelude};"
        elif rule.rules:
            yield f"{rule.prelude}{{{''.join(_written(rule.rules, spoken_of))}}}"
        elif declarations := [text for name, text in rule.declarations if not name.startswith("--") or name in spoken_of]:
            yield f"{rule.prelude}{{{';'.join(declarations)}}}"
