"""What may be written in the files of ``content/liaison/``: one model for each folder; it is decoded like all other content."""

from __future__ import annotations

from publisher.content.model.fields import Amount, Count, CreditCode, Day, Email, Flag, Id, IndustryCode, Landline, Mobile, Text, key
from publisher.content.model.vocabulary import IssueType, SubjectType, Way
from publisher.liaison.vocabulary import (
    AccompanyState,
    AgencyState,
    Feature,
    IssueState,
    Measure,
    MeetingType,
    Orders,
    Satisfaction,
    Stage,
    Trend,
)
from publisher.model import Model


class EnterpriseModel(Model):
    """One enterprise or project of the activity; it has no page of its own."""

    id: Id = key("编号", "全部材料里都用它；文件名也用它", example="qy-001")
    name: Text = key("名称", "企业或项目的名称", example="示例茶行")
    type: SubjectType = key("类型", "企业、个体工商户、项目…", example="企业")
    credit_code: CreditCode | None = key("统一社会信用代码", "18位；项目可以不写", None, example="91990000MA0DA0011B")
    industry: IndustryCode = key("行业", "代码或名称", example="零售业")
    street: Text | None = key("街路", "在哪条路上", None, example="西一路")
    stage: Stage = key("阶段", "筹建、建设、经营…", Stage.OPERATION, example="经营")
    start: Day = key("起", "从哪天起纳入", example="2026-08-01")
    end: Day | None = key("止", "到哪天为止（含当日）；还在就不写", None, example="2026-12-31")


class LeaderModel(Model):
    """区级领导, by a code."""

    id: Id = key("编号", "代号", example="ld-01")
    post: Text = key("职务", "职务，不写姓名", example="示例联系领导")


class OfficerModel(Model):
    """亲商助企干部, by a code."""

    id: Id = key("编号", "代号", example="gb-001")
    unit: Text = key("单位", "所在单位", example="示例街道办事处")
    post: Text | None = key("职务", "职务", None)
    name: Text | None = key("姓名", "可以不写，用代号就够了", None, internal=True)
    phone: Landline | None = key("办公电话", "固定电话", None)
    mobile: Mobile | None = key("手机", "只在内部用", None, internal=True)
    email: Email | None = key("工作邮箱", "提醒寄到这里", None, internal=True, example="gb-001@example.com")
    start: Day = key("起", "从哪天起担任", example="2026-08-01")
    end: Day | None = key("止", "到哪天为止（含当日）", None)


class PairingModel(Model):
    """结对: who looks after whom, from when to when."""

    enterprise: Id = key("企业", "企业编号", example="qy-001")
    officer: Id = key("干部", "干部编号", example="gb-001")
    leader: Id = key("联系领导", "领导编号", example="ld-01")
    start: Day = key("起", "从哪天起（含）", example="2026-08-01")
    end: Day | None = key("止", "到哪天为止（含当日）；换人时，新的一段从第二天起", None)


class ServiceModel(Model):
    """服务记录."""

    day: Day = key("日期", "哪一天", example="2026-10-09")
    officer: Id = key("干部", "谁去的", example="gb-001")
    way: Way = key("方式", "走访、电话、线上、陪办、代办、座谈、政策宣讲", example="走访")
    text: Text = key("内容", "做了什么、听到什么，至少30字", example="到店了解节后客流和用工，经营者反映…")
    issues: tuple[Id, ...] = key("发现问题", "问题编号", (), example="[wt-2026-001]")
    policies: tuple[Id, ...] = key("宣讲政策", "政策解读的编号", (), example="[zc-2026-10]")
    next: Text | None = key("下步措施", "接下来做什么", None)
    proof: Text | None = key("凭据", "照片、签到表的编号", None)
    counts: Flag = key("计数", "不算一次服务的写“否”", True, example="是")


class SituationModel(Model):
    """月报: how the enterprise or project stands; these are commercial secrets."""

    trend: Trend = key("营收同比", "只写档位，不写数字", example="持平")
    staff: Count | None = key("用工人数", "人", None, example="12")
    orders: Orders | None = key("订单", "饱满、正常、不足、无", None)
    invested: Amount | None = key("投资完成额", "万元，项目写", None)
    progress: Text | None = key("形象进度", "项目写", None)
    obtained: Text | None = key("政策兑现", "享受到了什么", None)
    needs: Text | None = key("需协调事项", "没有就不写", None)
    reported: Day = key("报送日期", "哪天报的", example="2026-11-03")


class MonthModel(Model):
    """``months/2026-10/qy-001.yml``: what was done for one enterprise in one month."""

    services: tuple[ServiceModel, ...] = key("服务", "服务记录，往后加", ())
    situation: SituationModel | None = key("月报", "当月经营或建设情况", None)


class StepModel(Model):
    """One step of a matter; the three sorts of matters add their states, and the last step tells where a matter stands."""

    day: Day = key("日期", "哪一天", also=("时间",), example="2026-10-09")
    by: Text | None = key("办理人", "干部编号，或办理的单位", None, example="gb-001")
    note: Text | None = key("说明", "上报（问题）、补正、退回、终止、无法解决和退一步都要写", None)
    proof: Text | None = key("凭据", "文书、回执、签收单的编号", None)


class IssueStepModel(StepModel):
    state: IssueState = key("状态", "登记、交办、转办、办理中、答复、企业确认、销号、上报、无法解决", example="登记")
    basis: Text | None = key("依据", "无法解决时写政策依据", None)


class AgencyStepModel(StepModel):
    state: AgencyState = key("状态", "受理、材料核对、补正、送审、上报、协调、办结、结果送达、退回、终止", example="受理")
    delivery: Text | None = key("送达方式", "结果送达时写", None, example="当面送达")
    receipt: Text | None = key("签收", "谁签收，签收单编号", None, example="签收单12号")


class AccompanyStepModel(StepModel):
    state: AccompanyState = key("状态", "约定、陪同、补正、办理完毕、终止", example="约定")


class PromiseModel(Model):
    """承诺: only with a basis and a time limit."""

    text: Text = key("内容", "答应做什么", example="十个工作日内答复围挡拆除时间")
    basis: Text = key("依据", "凭什么能做到", example="施工单位书面回复")
    due: Day = key("时限", "哪天以前", example="2026-10-23")
    kept: Day | None = key("兑现日期", "做到了写哪天", None)


class IssueModel(Model):
    """问题台账的一条."""

    id: Id = key("编号", "不重复", example="wt-2026-001")
    type: IssueType = key("类型", "交通运输、发展环境、政策支持…", example="交通运输")
    stage: Stage = key("阶段", "筹建、开工、建设、投产、经营…", example="经营")
    feature: Feature = key("特征", "个性、共性、普遍", Feature.SINGLE, example="个性")
    text: Text = key("描述", "企业遇到了什么", example="门前围挡影响客流")
    unit: Text = key("责任单位", "谁负责解决", example="示例城管办")
    helpers: tuple[Text, ...] = key("协办", "还有谁", ())
    due: Day = key("办结时限", "哪天以前", example="2026-10-30")
    steps: tuple[IssueStepModel, ...] = key("经过", "从“登记”起，往后加；最后一步就是现在的状态")
    satisfaction: Satisfaction = key("满意度", "满意、基本满意、不满意、未评", Satisfaction.UNRATED)
    promises: tuple[PromiseModel, ...] = key("承诺", "内容、依据、时限都要有", ())


class CaseModel(Model):
    """What an agency case and an accompanied one have in common."""

    id: Id = key("编号", "不重复", example="db-2026-001")
    matter: Text = key("事项", "办什么", example="食品经营许可证延续")
    guide: Id | None = key("指南", "代办服务的编号", None)
    officer: Id = key("干部", "谁代办、谁陪办", example="gb-001")
    days: Count = key("时限", "从第一步次日起几个工作日，补正的日子不算", example="10")
    promises: tuple[PromiseModel, ...] = key("承诺", "内容、依据、时限都要有", ())


class AgencyCaseModel(CaseModel):
    mandate: Text | None = key("授权委托书", "编号；送审以前要有", None, example="委托书12号")
    steps: tuple[AgencyStepModel, ...] = key("经过", "从“受理”起，直到“结果送达”")


class AccompaniedCaseModel(CaseModel):
    steps: tuple[AccompanyStepModel, ...] = key("经过", "从“约定”起，直到“办理完毕”")


class AgendaModel(Model):
    """One thing that a meeting left to do."""

    text: Text = key("内容", "议定什么", example="核实南段夜间照明")
    unit: Text = key("责任单位", "谁去办")
    due: Day | None = key("时限", "哪天以前", None)
    issue: Id | None = key("转为问题", "问题编号", None)


class MeetingModel(Model):
    """座谈会、协调会."""

    day: Day = key("日期", "哪一天")
    name: Text = key("名称", "会议名称")
    type: MeetingType = key("类型", "座谈会、协调会、政策宣讲会、对接会")
    enterprises: tuple[Id, ...] = key("参加企业", "企业编号", ())
    minutes: Text = key("纪要", "说了什么")
    agenda: tuple[AgendaModel, ...] = key("事项", "议定事项", ())


class ProgressModel(Model):
    day: Day = key("截至", "截至哪天", example="2026-10-31")
    actual: Amount = key("完成", "从年初累计")


class IndicatorModel(Model):
    """指标: a target of the year and how far it is."""

    id: Id = key("编号", "不重复", example="zb-2026-01")
    name: Text = key("名称", "指标名称", example="固定资产投资")
    measure: Text = key("单位", "亿元、个、户…", example="万元")
    target: Amount = key("年度目标", "全年要完成多少")
    unit: Text | None = key("责任单位", "谁负责", None)
    progress: tuple[ProgressModel, ...] = key("进度", "往后加", ())


class RuleModel(Model):
    """One rule of scoring."""

    id: Id = key("编号", "不重复", example="gz-01")
    name: Text = key("指标", "考核什么", example="每月服务不少于两次")
    measure: Measure = key("口径", "程序按什么数", example="服务次数不足")
    points: Amount = key("每次", "每次扣（加）几分", example="2")
    most: Amount | None = key("最多", "一个月最多几分", None, example="6")
    adds: Flag = key("加分", "是：加分；否：扣分", False)
    basis: Text = key("依据条款", "依据哪一条", example="示例规则第三条")


# --- files -----------------------------------------------------------------------------------------------------------


class EnterprisesFile(Model):
    enterprises: tuple[EnterpriseModel, ...] = key("企业", "企业和项目")


class LeadersFile(Model):
    leaders: tuple[LeaderModel, ...] = key("领导", "联系领导")


class OfficersFile(Model):
    officers: tuple[OfficerModel, ...] = key("干部", "亲商助企干部")


class PairingsFile(Model):
    pairings: tuple[PairingModel, ...] = key("结对", "谁联系谁")


class IssuesFile(Model):
    """``issues/qy-001.yml``: the file's name is the enterprise's id."""

    issues: tuple[IssueModel, ...] = key("问题", "问题台账，往后加")


class CasesFile(Model):
    """``cases/qy-001.yml``."""

    agency: tuple[AgencyCaseModel, ...] = key("代办单", "往后加", ())
    accompanied: tuple[AccompaniedCaseModel, ...] = key("陪办单", "往后加", ())


class MeetingsFile(Model):
    meetings: tuple[MeetingModel, ...] = key("会议", "往后加")


class IndicatorsFile(Model):
    indicators: tuple[IndicatorModel, ...] = key("指标", "年度指标")


class RulesFile(Model):
    """``rules/2026.yml``."""

    name: Text = key("名称", "这套规则叫什么", example="示例规则")
    total: Amount = key("总分", "每人每月从几分起算", example="100")
    rules: tuple[RuleModel, ...] = key("规则", "一条一条的")


class HolidaysFile(Model):
    """``holidays/2027.yml``: the State Council's notice for one year, where the library has none yet."""

    source: Text = key("来源", "哪份通知")
    off: tuple[Day, ...] = key("放假", "周一到周五里放假的日子", ())
    on: tuple[Day, ...] = key("上班", "周末里要上班的日子", ())


#: Each folder of ``content/liaison/`` with the model of its files and what a file is called in messages.
FILES: dict[str, tuple[type[Model], str]] = {
    "enterprises": (EnterprisesFile, "企业名册"),
    "leaders": (LeadersFile, "领导名册"),
    "officers": (OfficersFile, "干部名册"),
    "pairings": (PairingsFile, "结对表"),
    "months": (MonthModel, "月度记录"),
    "issues": (IssuesFile, "问题台账"),
    "cases": (CasesFile, "办件"),
    "meetings": (MeetingsFile, "会议记录"),
    "indicators": (IndicatorsFile, "指标"),
    "rules": (RulesFile, "考核规则"),
    "holidays": (HolidaysFile, "节假日"),
}
