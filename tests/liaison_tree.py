"""A small, sound set of liaison records that a test spoils in one place."""

from __future__ import annotations

TREE = {
    "leaders/all.yml": "领导:\n  - {编号: ld-01, 职务: 示例联系领导}\n",
    "enterprises/all.yml": "企业:\n  - {编号: qy-001, 名称: 示例茶庄, 类型: 个体工商户, 行业: 零售业, 起: 2026-10-01}\n",
    "officers/all.yml": "干部:\n  - {编号: gb-001, 单位: 示例街道办事处, 工作邮箱: gb-001@example.com, 起: 2026-10-01}\n",
    "pairings/all.yml": "结对:\n  - {企业: qy-001, 干部: gb-001, 联系领导: ld-01, 起: 2026-10-01}\n",
    "months/2026-10/qy-001.yml": """\
服务:
  - 日期: 2026-10-09
    干部: gb-001
    方式: 走访
    内容: 到店了解节后客流，经营者反映门前围挡影响进店，已记入台账并联系城管部门核实。
    发现问题: [wt-1]
  - 日期: 2026-10-21
    干部: gb-001
    方式: 电话
    内容: 电话回访围挡一事，转告施工单位答复的拆除时间，企业没有其他要协调的事情。
月报:
  营收同比: 持平
  用工人数: 6
  报送日期: 2026-11-03
""",
    "issues/qy-001.yml": """\
问题:
  - 编号: wt-1
    类型: 交通运输
    阶段: 经营
    描述: 门前围挡影响客流
    责任单位: 示例城管部门
    办结时限: 2026-11-30
    经过:
      - {日期: 2026-10-09, 状态: 登记}
      - {日期: 2026-10-12, 状态: 交办}
      - {日期: 2026-11-16, 状态: 办理中}
    承诺:
      - {内容: 书面告知拆除时间, 依据: 施工单位回函, 时限: 2026-11-30}
""",
    "cases/qy-001.yml": """\
代办单:
  - 编号: db-1
    事项: 经营范围变更
    干部: gb-001
    时限: 10
    授权委托书: 委托书1号
    经过:
      - {日期: 2026-11-09, 状态: 受理}
      - {日期: 2026-11-10, 状态: 材料核对}
      - {日期: 2026-11-11, 状态: 补正, 说明: 缺住所证明}
      - {日期: 2026-11-18, 状态: 送审}
陪办单:
  - 编号: pb-1
    事项: 税务信息确认
    干部: gb-001
    时限: 5
    经过:
      - {日期: 2026-11-17, 状态: 约定}
      - {日期: 2026-11-18, 状态: 陪同}
      - {日期: 2026-11-18, 状态: 办理完毕}
""",
    "meetings/2026.yml": """\
会议:
  - 日期: 2026-10-20
    名称: 街区座谈会（示例）
    类型: 座谈会
    参加企业: [qy-001]
    纪要: 集中反映围挡
    事项:
      - {内容: 核实围挡, 责任单位: 示例城管部门, 转为问题: wt-1}
""",
    "indicators/2026.yml": """\
指标:
  - 编号: zb-1
    名称: 社会消费品零售额
    单位: 万元
    年度目标: 1000
    进度:
      - {截至: 2026-06-30, 完成: 510}
      - {截至: 2026-10-31, 完成: 860}
""",
    "rules/2026.yml": """\
名称: 示例规则
总分: 100
规则:
  - {编号: gz-1, 指标: 每月服务不少于两次, 口径: 服务次数不足, 每次: 2, 最多: 6, 依据条款: 示例规则第三条}
""",
}


def spoiled(*changes: tuple[str, str, str], more: dict[str, str] | None = None) -> dict[str, str]:
    """The tree with words replaced, and other files beside it; the paths are relative to the root."""
    files = dict(TREE)
    for name, old, new in changes:
        assert old in files[name], f"{old!r} is not in {name}"
        files[name] = files[name].replace(old, new)
    return {f"content/liaison/{name}": text for name, text in (files | (more or {})).items()}
