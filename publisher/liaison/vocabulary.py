"""The closed vocabularies of the liaison records; an editor may write the Chinese word or the slug."""

from __future__ import annotations

from publisher.content.model.vocabulary import Vocabulary


class Stage(Vocabulary):
    """阶段: where the enterprise or project stands."""

    PREPARATION = "preparation", "筹建"
    START = "start", "开工"
    CONSTRUCTION = "construction", "建设"
    PRODUCTION = "production", "投产"
    OPERATION = "operation", "经营"
    EXPANSION = "expansion", "扩产"
    TRANSFORMATION = "transformation", "转型"
    STANDSTILL = "standstill", "停歇"


class Feature(Vocabulary):
    """特征, as the officer sees it; whether it is shared is counted as well."""

    SINGLE = "single", "个性"
    SHARED = "shared", "共性"
    GENERAL = "general", "普遍"


class IssueState(Vocabulary):
    """The states of an issue (问题台账)."""

    REGISTERED = "registered", "登记"
    ASSIGNED = "assigned", "交办"
    PASSED_ON = "passed-on", "转办"
    IN_HAND = "in-hand", "办理中"
    ANSWERED = "answered", "答复"
    CONFIRMED = "confirmed", "企业确认"
    CLOSED = "closed", "销号"
    UNSOLVABLE = "unsolvable", "无法解决"
    REFERRED = "referred", "上报"


class AgencyState(Vocabulary):
    """The states of an agency case (代办单): the officer does it."""

    ACCEPTED = "accepted", "受理"
    CHECKED = "checked", "材料核对"
    SUPPLEMENT = "supplement", "补正"
    SUBMITTED = "submitted", "送审"
    FORWARDED = "forwarded", "上报"
    COORDINATED = "coordinated", "协调"
    DECIDED = "decided", "办结"
    DELIVERED = "delivered", "结果送达"
    RETURNED = "returned", "退回"
    ENDED = "ended", "终止"


class AccompanyState(Vocabulary):
    """The states of an accompanied case (陪办单): the enterprise does it, the officer comes along."""

    AGREED = "agreed", "约定"
    ACCOMPANIED = "accompanied", "陪同"
    SUPPLEMENT = "supplement", "补正"
    DONE = "done", "办理完毕"
    ENDED = "ended", "终止"


class Satisfaction(Vocabulary):
    SATISFIED = "satisfied", "满意"
    FAIRLY = "fairly", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"
    UNRATED = "unrated", "未评"


class Trend(Vocabulary):
    """营收同比档位: a band, never a figure."""

    STRONG = "strong", "增长10%以上"
    GROWING = "growing", "增长"
    LEVEL = "level", "持平"
    FALLING = "falling", "下降"
    WEAK = "weak", "下降10%以上"
    NONE = "none", "无营收"


class Orders(Vocabulary):
    FULL = "full", "饱满"
    NORMAL = "normal", "正常"
    SHORT = "short", "不足"
    NONE = "none", "无"


class MeetingType(Vocabulary):
    FORUM = "forum", "座谈会"
    COORDINATION = "coordination", "协调会"
    BRIEFING = "briefing", "政策宣讲会"
    MATCHMAKING = "matchmaking", "对接会"


class Measure(Vocabulary):
    """数据口径: what a rule of scoring counts. There is none for growth or annual reports of sole traders, and there must be none."""

    SERVICE_SHORTFALL = "service-shortfall", "服务次数不足"
    PHONE_ONLY = "phone-only", "整月只有电话"
    REPORT_LATE = "report-late", "月报迟报"
    REPORT_MISSING = "report-missing", "月报未报"
    ISSUE_OVERDUE = "issue-overdue", "问题超期"
    CASE_OVERDUE = "case-overdue", "办件超期"
    PROMISE_OVERDUE = "promise-overdue", "承诺超期"
    DISSATISFIED = "dissatisfied", "企业不满意"
    ISSUE_CLOSED = "issue-closed", "问题销号"
    CASE_DONE = "case-done", "办件送达或办毕"
