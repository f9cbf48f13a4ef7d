"""``publisher liaison check|report|score|remind``: the officers' records checked, summed up, scored and brought to mind."""

from __future__ import annotations

import argparse

from publisher.cli.options import add_common, time_of
from publisher.cli.problems import print_problems, problems_json
from publisher.problems import has_errors


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="check|report|score|remind")
    check = actions.add_parser("check", help="检查 content/liaison/ 里的每一处问题", description="检查亲商助企的记录")
    add_common(check)
    check.add_argument("--strict", action="store_true", help="提醒也算错误")
    check.set_defaults(run=run_check)


def run_check(options: argparse.Namespace) -> int:
    """Check the records alone, print, and give 1 when there is an error."""
    import json

    from publisher.cli.surroundings import settings_of
    from publisher.liaison.checks import check_liaison

    settings = settings_of(options)
    if settings is None:
        return 1
    problems = check_liaison(options.root, settings.liaison, time_of(options).date())
    if options.format == "json":
        print(json.dumps(problems_json(problems), ensure_ascii=False, indent=2))
    else:
        print_problems(problems, options.format, options.lang)
    return 1 if has_errors(problems, strict=options.strict) else 0
