"""The closed vocabularies of the content model: an English slug for code and URLs, a Chinese label for people.

An editor may write either. What it does not do: industries and districts, which are code tables (`publisher.content.codes`).
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import Any, Self

from publisher.model import FieldError, Scalar


class Vocabulary(str, Enum):
    """A closed list of terms; ``member.value`` is the slug, ``member.label`` the Chinese word, ``member.also`` other accepted spellings."""

    label: str
    also: tuple[str, ...]

    def __new__(cls, slug: str, label: str, *also: str) -> Self:
        member = str.__new__(cls, slug)
        member._value_ = slug
        member.label = label
        member.also = also
        return member

    def __str__(self) -> str:
        return self.label

    @classmethod
    def labels(cls) -> tuple[str, ...]:
        """The Chinese words in order."""
        return tuple(member.label for member in cls)

    @classmethod
    def parse(cls, text: object) -> Self:
        """Give the member an editor meant; raises ``unknown-value`` with the choices otherwise."""
        member: Self | None = _spellings(cls).get(text) if isinstance(text, str) else None
        if member is not None:
            return member
        raise FieldError("unknown-value", value=str(text), choices=list(cls.labels()))

    @classmethod
    def as_scalar(cls) -> Scalar:
        """The vocabulary as a type of values."""
        spellings = dict.fromkeys((*cls.labels(), *(spelling for member in cls for spelling in (member.value, *member.also))))
        return Scalar(cls.parse, {"enum": list(spellings)})


@cache
def _spellings(vocabulary: type[Vocabulary]) -> dict[str, Any]:
    """Every accepted spelling, to its member; the first member that has it wins."""
    return {spelling: member for member in reversed(vocabulary) for spelling in (*member.also, member.label, member.value)}


class Kind(Vocabulary):
    """What an entry is; ``Kind.folder`` says where its files live."""

    NEWS = "news", "商业资讯"
    POLICY = "policy", "政策解读"
    LISTING = "listing", "供需对接"
    GUIDE = "guide", "代办服务"
    EVENT = "event", "活动"
    ENTERPRISE = "enterprise", "企业名录"
    TALLY = "tally", "助企服务"
    PAGE = "page", "页面"

    @property
    def folder(self) -> str:
        """The folder below ``content/`` and, but for pages, the first part of the URL."""
        return FOLDERS[self]


FOLDERS = {
    Kind.NEWS: "news",
    Kind.POLICY: "policies",
    Kind.LISTING: "matchmaking",
    Kind.GUIDE: "guides",
    Kind.EVENT: "events",
    Kind.ENTERPRISE: "enterprises",
    Kind.TALLY: "services",
    Kind.PAGE: "pages",
}
KIND_OF_FOLDER = {folder: kind for kind, folder in FOLDERS.items()}


class State(Vocabulary):
    """Where an entry stands in the editors' hands."""

    DRAFT = "draft", "草稿"
    REVIEW = "review", "待审"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤回"
    CORRECTED = "corrected", "已更正"


class ListingState(Vocabulary):
    """Where a listing stands: `OPEN` asks for counterparts, `REACHED` has found one."""

    DRAFT = "draft", "草稿"
    REVIEW = "review", "待审"
    OPEN = "open", "对接中", "已发布"
    REACHED = "reached", "已达成"
    EXPIRED = "expired", "已过期"
    WITHDRAWN = "withdrawn", "已撤回"


class Visibility(Vocabulary):
    PUBLIC = "public", "公开"
    INTERNAL = "internal", "内部"


class AiUse(Vocabulary):
    """How far a text was made by AI (《人工智能生成合成内容标识办法》)."""

    NONE = "none", "无"
    ASSISTED = "assisted", "辅助"
    GENERATED = "generated", "生成"


class SourceType(Vocabulary):
    ORIGINAL = "original", "原创"
    REPRINT = "reprint", "转载"
    COMPILED = "compiled", "编译"


class NewsType(Vocabulary):
    OPENING = "opening", "开业"
    PROMOTION = "promotion", "促销活动"
    INVESTMENT = "investment", "招商"
    RECRUITMENT = "recruitment", "招聘"
    EXHIBITION = "exhibition", "展会"
    NOTICE = "notice", "通知公告"
    MARKET = "market", "市场动态"
    HONOUR = "honour", "荣誉"
    STREET = "street", "街区建设"


class Level(Vocabulary):
    NATIONAL = "national", "国家"
    PROVINCE = "province", "省"
    CITY = "city", "市"
    DISTRICT = "district", "区"


class Genre(Vocabulary):
    """文种 of an official document."""

    LAW = "law", "法律"
    REGULATION = "regulation", "行政法规"
    RULE = "rule", "规章"
    ANNOUNCEMENT = "announcement", "公告"
    CIRCULAR = "circular", "通知"
    OPINION = "opinion", "意见"
    MEASURES = "measures", "办法"
    DECISION = "decision", "决定"
    PROVISIONS = "provisions", "规定"


class Force(Vocabulary):
    """效力状态 of an official document (schema.org legislationLegalForce, refined)."""

    FUTURE = "future", "尚未施行"
    IN_FORCE = "in-force", "现行有效"
    PARTIAL = "partial", "部分失效"
    AMENDED = "amended", "已修改"
    SUPERSEDED = "superseded", "已被替代"
    EXPIRED = "expired", "期满失效"
    REPEALED = "repealed", "已废止"


class SubjectType(Vocabulary):
    ENTERPRISE = "enterprise", "企业"
    SOLE_TRADER = "sole-trader", "个体工商户", "个体户"
    COOPERATIVE = "cooperative", "农民专业合作社"
    PRIVATE_NON_ENTERPRISE = "private-non-enterprise", "民办非企业"
    INSTITUTION = "institution", "事业单位"
    PROJECT = "project", "项目"
    NATURAL_PERSON = "natural-person", "自然人"


class Size(Vocabulary):
    """划型, by 国统字〔2017〕213号; not the same as 小型微利企业."""

    LARGE = "large", "大型"
    MEDIUM = "medium", "中型"
    SMALL = "small", "小型"
    MICRO = "micro", "微型"


class TaxpayerType(Vocabulary):
    """纳税人类型 for value-added tax (增值税法第九条)."""

    GENERAL = "general", "一般纳税人", "一般"
    SMALL_SCALE = "small-scale", "小规模纳税人", "小规模"
    UNKNOWN = "unknown", "未知"


class YesNoUnknown(Vocabulary):
    YES = "yes", "是"
    NO = "no", "否"
    UNKNOWN = "unknown", "未知"


class Support(Vocabulary):
    """支持方式: what a policy gives."""

    TAX = "tax", "税费减免"
    GRANT = "grant", "财政补助"
    AWARD = "award", "奖励"
    INTEREST = "interest", "贷款贴息"
    GUARANTEE = "guarantee", "担保"
    SOCIAL_INSURANCE = "social-insurance", "社保返还"
    EMPLOYMENT = "employment", "用工补贴"
    APPROVAL = "approval", "审批便利"
    RIGHTS = "rights", "权益保护"
    OTHER = "other", "其他"


class Condition(Vocabulary):
    """What a policy may ask of whom it is for; each name has its fields in 适用对象."""

    SUBJECT = "subject", "主体类型"
    INDUSTRY = "industry", "行业"
    EXCLUDED = "excluded-industry", "不含行业"
    SIZE = "size", "划型"
    TAXPAYER = "taxpayer", "纳税人类型"
    SMALL_LOW_PROFIT = "small-low-profit", "小型微利"
    DISTRICT = "district", "区划"
    STAFF = "staff", "从业人数"
    SALES = "sales", "年销售额"
    FOUNDED = "founded", "成立时间"
    STATED = "stated", "其他条件"


class Channel(Vocabulary):
    """申报方式: how a policy is taken up."""

    AUTOMATIC = "automatic", "免申即享"
    SELF = "self", "自行申报享受"
    ONLINE = "online", "线上申请"
    WINDOW = "window", "窗口申请"


class ListingType(Vocabulary):
    DEMAND = "demand", "需求"
    SUPPLY = "supply", "供给"
    COOPERATION = "cooperation", "合作"


class Field(Vocabulary):
    """领域 of a listing."""

    RETAIL = "retail", "商贸零售"
    FINANCE = "finance", "金融"
    TELECOM = "telecom", "通信"
    CATERING = "catering", "餐饮住宿"
    TOURISM = "tourism", "文旅"
    PROPERTY = "property", "房产物业"
    PEOPLE = "people", "人力"
    LEGAL_TAX = "legal-tax", "法务财税"
    LOGISTICS = "logistics", "物流"
    MANUFACTURING = "manufacturing", "制造"
    IT = "it", "信息技术"
    OTHER = "other", "其他"


class Cooperation(Vocabulary):
    """合作方式 of a listing."""

    PURCHASE = "purchase", "采购"
    SUPPLY = "supply", "供应"
    PROCESSING = "processing", "委托加工"
    FRANCHISE = "franchise", "加盟"
    LEASE = "lease", "租赁"
    FINANCING = "financing", "融资"
    INVESTMENT = "investment", "投资"
    JOINT_EVENT = "joint-event", "联合活动"
    TECHNOLOGY = "technology", "技术合作"


class Delivery(Vocabulary):
    MONTH = "month", "≤1月", "1个月内"
    QUARTER = "quarter", "1–3月", "1-3月", "1—3月"
    HALF_YEAR = "half-year", "3–6月", "3-6月", "3—6月"
    LONGER = "longer", ">6月", "6个月以上"


class ContactWay(Vocabulary):
    RELAY = "relay", "平台转达"
    LANDLINE = "landline", "固话"
    EMAIL = "email", "邮箱"
    MOBILE = "mobile", "手机"


class Verified(Vocabulary):
    LICENCE = "licence", "已核验营业执照"
    NO = "no", "未核验"


class OperatingState(Vocabulary):
    ACTIVE = "active", "存续"
    IN_BUSINESS = "in-business", "在业"
    SUSPENDED = "suspended", "歇业"
    MOVED = "moved", "迁出"
    DEREGISTERED = "deregistered", "注销"
    REVOKED = "revoked", "吊销"


class EventType(Vocabulary):
    FORUM = "forum", "座谈会"
    TRAINING = "training", "培训"
    BRIEFING = "briefing", "政策宣讲"
    MATCHMAKING = "matchmaking", "对接会"
    FAIR = "fair", "展会"
    SERVICE = "service", "便民服务"
    OTHER = "other", "其他"


class EventState(Vocabulary):
    """schema.org eventStatus."""

    SCHEDULED = "scheduled", "如期举行"
    POSTPONED = "postponed", "延期"
    CANCELLED = "cancelled", "已取消"


class MatterType(Vocabulary):
    """事项类型 of a government-service matter."""

    PERMIT = "permit", "行政许可"
    PAYMENT = "payment", "行政给付"
    AWARD = "award", "行政奖励"
    CONFIRMATION = "confirmation", "行政确认"
    RULING = "ruling", "行政裁决"
    OTHER_POWER = "other-power", "其他行政权力"
    PUBLIC_SERVICE = "public-service", "公共服务"


class Handling(Vocabulary):
    IMMEDIATE = "immediate", "即办件"
    COMMITTED = "committed", "承诺件"


class Necessity(Vocabulary):
    REQUIRED = "required", "必要"
    OPTIONAL = "optional", "非必要"
    LATER = "later", "容缺后补"


class MaterialForm(Vocabulary):
    PAPER = "paper", "纸质"
    ELECTRONIC = "electronic", "电子"
    EITHER = "either", "纸质或电子"


class MaterialOrigin(Vocabulary):
    APPLICANT = "applicant", "申请人自备"
    GOVERNMENT = "government", "政府部门核发"
    OTHER = "other", "其他"


class Period(Vocabulary):
    """The rhythm of a digest."""

    DAILY = "daily", "每日"
    WEEKLY = "weekly", "每周"
    MONTHLY = "monthly", "每月"


class Way(Vocabulary):
    """方式: how an officer served an enterprise."""

    VISIT = "visit", "走访"
    PHONE = "phone", "电话"
    ONLINE = "online", "线上"
    ACCOMPANYING = "accompanying", "陪办"
    AGENCY = "agency", "代办"
    FORUM = "forum", "座谈"
    BRIEFING = "briefing", "政策宣讲"


class IssueType(Vocabulary):
    """类型: what an enterprise's difficulty is about."""

    TRANSPORT = "transport", "交通运输"
    ENVIRONMENT = "environment", "发展环境"
    POLICY = "policy", "政策支持"
    FINANCING = "financing", "融资"
    LABOUR = "labour", "用工"
    PREMISES = "premises", "用地用房"
    UTILITIES = "utilities", "水电气暖"
    PERMITS = "permits", "证照审批"
    MARKET = "market", "市场拓展"
    ARREARS = "arrears", "款项拖欠"
    LAW = "law", "法律"
    OTHER = "other", "其他"
