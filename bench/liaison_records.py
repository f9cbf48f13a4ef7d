"""A number of enterprises and months in, the files of invented liaison records out, the same on any machine.

`python -m bench.liaison_records content/liaison` writes the records of this repository: 66 enterprises and officers who do not
exist, August to November 2026, with the faults that a check, a report and a score should show. What this does not do: mistakes
that are errors; those are in ``tests/``.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench import liaison_words as words
from bench.corpus import Dice
from publisher.liaison.duties import report_due
from publisher.liaison.months import Month, months_between
from publisher.liaison.workdays import WorkCalendar
from publisher.settings import LiaisonSettings

SEED = "20261123"
#: The day of the demo: nothing is recorded after it.
TODAY = date(2026, 11, 20)
#: The signs of a credit code (GB 32100), and those of the organisation code within (GB 11714), which count I, O, S, V and Z too.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ALL = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DAY = timedelta(days=1)
Rows = list[dict[str, Any]]


def credit_code(number: int, prefix: str = "91") -> str:
    """A credit code of the region 990000, which does not exist, with right check digits."""
    organisation = f"MB{number:06d}"
    total = sum(_ALL.index(sign) * weight for sign, weight in zip(organisation, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    body = f"{prefix}990000{organisation}{'0123456789X0'[11 - total % 11]}"
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    rest = (31 - sum(_ALPHABET.index(sign) * weight for sign, weight in zip(body, weights, strict=True))) % 31
    return body + _ALPHABET[rest]


class Maker:
    """Makes the records of so many enterprises over some months; every file is drawn by itself."""

    def __init__(self, enterprises: int, first: Month, last: Month, today: date = TODAY) -> None:
        self.count, self.first, self.last, self.today = enterprises, first, last, today
        self.calendar = WorkCalendar()
        self.settings = LiaisonSettings()

    def files(self) -> Iterator[tuple[str, str]]:
        """Every file as (path below ``liaison/``, text)."""
        yield "leaders/leaders.yml", _text({"领导": [{"编号": f"ld-{n:02d}", "职务": f"示例联系领导{n}"} for n in range(1, 7)]})
        for start in range(1, self.count + 1, 500):
            numbers = range(start, min(start + 500, self.count + 1))
            name = f"{start:04d}.yml" if self.count > 500 else "all.yml"
            yield f"enterprises/{name}", _text({"企业": [self._enterprise(n) for n in numbers]})
            yield f"officers/{name}", _text({"干部": [self._officer(n) for n in numbers]})
            yield f"pairings/{name}", _text({"结对": [row for n in numbers for row in self._pairings(n)]})
        for month in months_between(self.first, self.last):
            for n in range(1, self.count + 1):
                if (record := self._month(n, month)) is not None:
                    yield f"months/{month}/{enterprise_id(n)}.yml", _text(record)
            yield f"meetings/{month}.yml", _text({"会议": [self._meeting(month)]})
        for n in range(1, self.count + 1):
            if issues := list(self._issues(n)):
                yield f"issues/{enterprise_id(n)}.yml", _text({"问题": issues})
            if cases := self._cases(n):
                yield f"cases/{enterprise_id(n)}.yml", _text(cases)
        for year in range(self.first.year, self.last.year + 1):
            yield f"indicators/{year}.yml", _text({"指标": list(self._indicators(year))})
            yield f"rules/{year}.yml", _text({"名称": "示例规则（督导检查办法的原文以印发的为准）", "总分": "100", "规则": list(_rules())})

    # --- who -----------------------------------------------------------------------------------------------------------

    def _start(self, n: int) -> date:
        """The last two come in the middle of the first month."""
        return date(self.first.year, self.first.number, 20) if n > self.count - 2 else self.first.first

    def _enterprise(self, n: int) -> dict[str, Any]:
        _, industry, kind = words.TRADES[n % len(words.TRADES)]
        row = {"编号": enterprise_id(n), "名称": name_of(n), "类型": kind}
        if kind != "项目":
            row["统一社会信用代码"] = credit_code(n, {"个体工商户": "92", "民办非企业": "52"}.get(kind, "91"))
        stage = "建设" if kind == "项目" else "经营"
        return row | {"行业": f'"{industry}"', "街路": words.STREETS[n % len(words.STREETS)], "阶段": stage, "起": self._start(n)}

    def _officer(self, n: int) -> dict[str, Any]:
        return {"编号": officer_id(n), "单位": unit_of(n), "工作邮箱": f"{officer_id(n)}@example.com", "起": self._start(n)}

    def _pairings(self, n: int) -> Rows:
        """Officers 10 and 11 change places in the middle of the second month."""
        leader = f"ld-{n % 6 + 1:02d}"
        row = {"企业": enterprise_id(n), "干部": officer_id(n), "联系领导": leader, "起": self._start(n)}
        if n not in (10, 11):
            return [row]
        second = self.first.plus(1)
        change = date(second.year, second.number, 15)
        return [row | {"止": change - _DAY}, row | {"干部": officer_id(21 - n), "起": change}]

    def _officer_on(self, n: int, day: date) -> str:
        return next(str(row["干部"]) for row in reversed(self._pairings(n)) if row["起"] <= day)

    # --- what was done ---------------------------------------------------------------------------------------------------

    def _month(self, n: int, month: Month) -> dict[str, Any] | None:
        dice = Dice(f"{SEED}:{n}:{month}")
        first, last = max(month.first, self._start(n)), min(month.last, self.today)
        days = [day for day in (first + _DAY * i for i in range((last - first).days + 1)) if self.calendar.is_workday(day)]
        is_present = month.last > self.today
        count = (dice.below(3) if is_present else 2 + (dice.below(4) == 0)) if len(days) > 3 else 0
        if not is_present and (n * 7 + month.number) % 41 == 0:
            count = 1  # a month with too few
        if month == self.first and n == 29 and self.count <= 66:
            days = days[12:]  # the first visit is late
        third = min(4, len(days) // 3) if month == self.first else len(days) // 3  # a new enterprise is called on within days
        chosen = sorted({days[dice.below(third) + third * (k % 3)] for k in range(count)}) if count else []
        is_phone_only = not is_present and (n * 5 + month.number) % 53 == 0
        services = [self._service(n, day, dice, is_phone_only, k == 0) for k, day in enumerate(chosen)]
        if n % 33 == 8 and services and month.number % 2:
            services.append(dict(services[-1]) | {"内容": services[-1]["内容"].rstrip("。") + "，补记。"})  # told twice on one day
        if n % 22 == 5 and month > self.first:
            services = [row | {"内容": self._copied(n, k)} for k, row in enumerate(services)]
        record: dict[str, Any] = {"服务": services} if services else {}
        if not is_present and (n * 3 + month.number) % 47:
            record["月报"] = self._situation(n, month, dice)
        return record or None

    def _copied(self, n: int, k: int) -> str:
        """What an officer who copies writes month after month."""
        return f"到{name_of(n)}走访，了解经营情况和用工情况，宣传各级惠企政策，企业表示满意，没有其他需要协调的事情。第{k + 1}次。"

    def _service(self, n: int, day: date, dice: Dice, is_phone_only: bool, is_first: bool) -> dict[str, Any]:
        ways = ("走访", "走访", "走访", "走访", "政策宣讲", "座谈") if is_first else ("电话", "电话", "电话", "线上", "陪办", "代办", "走访")
        way = "电话" if is_phone_only else dice.pick(ways)
        slots = {
            "name": name_of(n),
            "minutes": 20 + 5 * dice.below(9),
            "trend": dice.pick(("略多", "持平", "少一些", "多两成左右")),
            "staff": 3 + dice.below(30),
            "days": 2 + dice.below(26),
            "percent": 40 + 5 * dice.below(11),
            "count": 2 + dice.below(5),
            "unit": f"示例{dice.pick(words.UNITS)}",
        }
        is_project = words.TRADES[n % len(words.TRADES)][2] == "项目"
        parts = [dice.pick(words.OPENINGS[way]), dice.pick(words.SITE_FINDINGS if is_project else words.FINDINGS), dice.pick(words.RESPONSES)]
        text = "，".join(parts[:2]).format(**slots) + "。" + parts[2].format(**slots) + "。" + dice.pick(words.CLOSINGS).format(**slots)
        row: dict[str, Any] = {"日期": day, "干部": self._officer_on(n, day), "方式": way, "内容": text}
        if way == "政策宣讲":
            row["宣讲政策"] = "[zc-2026-10]" if "增值税" in text else "[zc-wengang-2026]"
        if dice.below(2):
            row["下步措施"] = dice.pick(words.NEXT)
        return row

    def _situation(self, n: int, month: Month, dice: Dice) -> dict[str, Any]:
        kind = words.TRADES[n % len(words.TRADES)][2]
        due = report_due(month, self.calendar, self.settings)
        is_late = (n * 11 + month.number) % 61 == 0
        reported = self.calendar.after(due, 2) if is_late else self.calendar.nth_from(month.plus(1).first, 1 + dice.below(3))
        row: dict[str, Any] = {"营收同比": dice.pick(("增长", "增长", "持平", "持平", "下降", "增长10%以上")), "用工人数": 3 + dice.below(40)}
        if kind == "项目":
            row = {"营收同比": "无营收", "用工人数": 20 + dice.below(40), "投资完成额": 120 + 10 * dice.below(40), "形象进度": "主体改造按计划进行"}
        else:
            row["订单"] = dice.pick(("正常", "正常", "饱满", "不足"))
        if dice.below(4) == 0:
            row["需协调事项"] = dice.pick(("门前围挡的拆除时间", "晚班用工", "冬季用电增容", "年底展销的展位"))
        return row | {"报送日期": reported}

    def _meeting(self, month: Month) -> dict[str, Any]:
        day = self.calendar.nth_from(date(month.year, month.number, 12), 1)
        dice = Dice(f"{SEED}:meeting:{month}")
        invited = sorted({enterprise_id(1 + dice.below(self.count)) for _ in range(8)})
        agenda: Rows = [{"内容": "核实夜间照明的巡查时间", "责任单位": "示例城管部门", "时限": self.calendar.after(day, 10)}]
        if month.number % 3 == 0:
            agenda.append({"内容": "汇总各家年底展销的意向", "责任单位": "示例商务部门"})
        return {
            "日期": day,
            "名称": f"{month.label}街区经营情况座谈会（示例）",
            "类型": "座谈会",
            "参加企业": "[" + ", ".join(invited) + "]",
            "纪要": "各家谈了当月客流、用工和备货，集中反映围挡和夜间照明，议定由责任单位核实后答复。",
            "事项": agenda,
        }

    # --- issues and cases ------------------------------------------------------------------------------------------------

    def _issues(self, n: int) -> Iterator[dict[str, Any]]:
        months = max(1, len(list(months_between(self.first, self.last))))
        for k in range(max(1, months // 6)):
            dice = Dice(f"{SEED}:issue:{n}:{k}")
            if dice.below(100) >= 55:
                continue
            kind, stage, text, unit = words.ISSUES[min(dice.below(10), dice.below(10))]
            start = self._begin(n, self.first.plus(min(k * 6 + dice.below(3), months - 1)), dice)
            steps, is_closed, told = self._issue_steps(n, start, dice)
            if not steps:
                continue
            row: dict[str, Any] = {"编号": f"wt-{n:04d}-{k + 1}", "类型": kind, "阶段": stage, "特征": "个性", "描述": text, "责任单位": f"示例{unit}"}
            row |= {"办结时限": self.calendar.after(start, 20), "经过": steps}
            if is_closed:
                row["满意度"] = "不满意" if n % 37 == 3 else dice.pick(("满意", "满意", "基本满意"))
            if told and dice.below(3) == 0:
                kept = {"兑现日期": self.calendar.after(told, 4)} if n % 19 else {}
                promise = {"内容": "把处理办法和时间书面告诉企业", "依据": "责任单位的书面答复", "时限": self.calendar.after(told, 5)}
                row["承诺"] = [promise | (kept if not kept or kept["兑现日期"] <= self.today else {})]
            yield row

    def _begin(self, n: int, month: Month, dice: Dice) -> date:
        """A working day of a month, not before the enterprise came."""
        return self.calendar.nth_from(max(month.first, self._start(n)), 3 + dice.below(14))

    def _issue_steps(self, n: int, start: date, dice: Dice) -> tuple[Rows, bool, date | None]:
        """A way through the procedure, as far as today; whether it was closed, and when it was answered."""
        way = ["登记", "交办", "办理中", "答复", "企业确认", "销号"]
        if n % 17 == 4:
            way = ["登记", "交办", "转办", "转办", "转办", "办理中"]
        elif n % 29 == 6:
            way = ["登记", "交办", "办理中", "无法解决"]
        elif n % 13 == 2:
            way = way[:3]
        steps, day, told = Rows(), start, None
        for state in way:
            if day > self.today:
                break
            row: dict[str, Any] = {"日期": day, "状态": state}
            row["办理人"] = self._officer_on(n, day) if state in ("登记", "企业确认", "销号") else f"示例{dice.pick(words.UNITS)}"
            row["说明"] = words.ISSUE_NOTES.get(state, "现行规定没有对应的支持办法，已向企业说明")
            if state == "企业确认":
                row["凭据"] = f"回访单{n:03d}号"
            if state == "无法解决":
                row["依据"] = "租金由双方协商，没有可以适用的政策"
            told = day if state == "答复" else told
            steps.append(row)
            day = self.calendar.after(day, 1 + dice.below(5))
        return steps, len(steps) == 6 and way[-1] == "销号", told

    def _cases(self, n: int) -> dict[str, Any]:
        agency, accompanied = Rows(), Rows()
        months = max(1, len(list(months_between(self.first, self.last))))
        for k in range(max(1, months // 6)):
            dice = Dice(f"{SEED}:case:{n}:{k}")
            drawn = dice.below(10)
            start = self._begin(n, self.first.plus(min(k * 6 + dice.below(3), months - 1)), dice)
            matter, guide = dice.pick(words.MATTERS)
            about = {"事项": matter, "指南": guide, "干部": self._officer_on(n, start)}
            if drawn < 4 and (steps := self._case_steps(n, start, dice)):
                mandate = {"授权委托书": f"委托书{n:03d}-{k + 1}号"}
                agency.append({"编号": f"db-{n:04d}-{k + 1}"} | about | {"时限": "15"} | mandate | {"经过": steps})
            elif drawn == 5 and start <= self.today:
                states = ("约定", "陪同", "办理完毕") if n % 3 else ("约定", "陪同")
                days = [self.calendar.after(start, i * (1 + dice.below(2))) for i in range(len(states))]
                rows = [self._case_step(n, day, state) for day, state in zip(days, states, strict=True) if day <= self.today]
                accompanied.append({"编号": f"pb-{n:04d}-{k + 1}"} | about | {"时限": "10", "经过": rows})
        return {name: rows for name, rows in (("代办单", agency), ("陪办单", accompanied)) if rows}

    def _case_steps(self, n: int, start: date, dice: Dice) -> Rows:
        way = ["受理", "材料核对", "送审", "上报", "协调", "办结", "结果送达"]
        if n % 4 == 0:
            way = ["受理", "材料核对", "补正", "材料核对", "送审", "办结", "结果送达"]
        if n % 23 == 1:
            way = ["受理", "材料核对", "补正", "材料核对", "补正", "送审", "办结"]  # asked twice, and not delivered
        if n % 11 == 7:
            way = way[:4]  # still out, and overdue
        rows, day = Rows(), start
        for state in way:
            if day > self.today:
                break
            rows.append(self._case_step(n, day, state))
            day = self.calendar.after(day, 1 + dice.below(3))
        return rows

    def _case_step(self, n: int, day: date, state: str) -> dict[str, Any]:
        row: dict[str, Any] = {"日期": day, "状态": state, "办理人": self._officer_on(n, day), "说明": words.CASE_NOTES[state]}
        if state == "结果送达":
            row |= {"送达方式": "当面送达", "签收": f"签收单{n:03d}号"}
        return row

    def _indicators(self, year: int) -> Iterator[dict[str, Any]]:
        for index, (name, measure, target) in enumerate(words.INDICATORS, 1):
            dice = Dice(f"{SEED}:indicator:{year}:{index}")
            progress, done = Rows(), 0.0
            for number in range(1, 13):
                day = Month(year, number).last
                if day > self.today:
                    break
                done += target / 12 * (0.62 if index == 2 and number < 7 else 0.9 + dice.below(3) / 10)
                progress.append({"截至": day, "完成": round(done)})
            unit = f"示例{words.UNITS[index]}"
            yield {"编号": f"zb-{year}-{index:02d}", "名称": f"{name}（示例）", "单位": measure, "年度目标": target, "责任单位": unit, "进度": progress}


def _rules() -> Iterator[dict[str, Any]]:
    for index, (name, measure, points, most, adds, basis) in enumerate(words.RULES, 1):
        yield {"编号": f"gz-{index:02d}", "指标": name, "口径": measure, "每次": points, "最多": most, "加分": adds, "依据条款": f"示例规则{basis}"}


def enterprise_id(n: int) -> str:
    """The id of the n-th enterprise."""
    return f"qy-{n:03d}"


def officer_id(n: int) -> str:
    """The code of the n-th officer."""
    return f"gb-{n:03d}"


def unit_of(n: int) -> str:
    """The unit of the n-th officer."""
    return f"示例{words.UNITS[n % len(words.UNITS)]}"


def name_of(n: int) -> str:
    """The name of the n-th enterprise; the first 196 differ."""
    trades = len(words.TRADES)
    return f"示例{words.FIRST[(n + n // trades) % len(words.FIRST)]}{words.TRADES[n % trades][0]}" + (f"{n}" if n > trades * len(words.FIRST) else "")


def _text(value: dict[str, Any]) -> str:
    """A mapping of lists of mappings as block YAML, two spaces a level."""
    return "".join(_lines(value, 0))


def _lines(value: dict[str, Any], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for key, part in value.items():
        if isinstance(part, list):
            yield f"{indent}{key}:\n"
            for item in part:
                first, *rest = _lines(item, depth + 2)
                yield f"{indent}  - {first.lstrip()}"
                yield from rest
        elif isinstance(part, dict):
            yield f"{indent}{key}:\n"
            yield from _lines(part, depth + 1)
        else:
            yield f"{indent}{key}: {part}\n"


def write(folder: Path, maker: Maker) -> int:
    """Write the files into a folder, which is emptied first; gives how many."""
    shutil.rmtree(folder, ignore_errors=True)
    count = 0
    for name, text in maker.files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        count += 1
    return count


def demo() -> Maker:
    """The records of this repository."""
    return Maker(66, Month(2026, 8), Month(2026, 11))


if __name__ == "__main__":
    print(write(Path(sys.argv[1]), demo()), "files")
