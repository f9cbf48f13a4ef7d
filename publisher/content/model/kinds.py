"""One model per kind of entry: the definition that validates, and that the docs' tables and the JSON Schemas are made from.

Lists are tuples, times are aware, amounts are `decimal.Decimal`. What it does not do: rules that need two fields or two
entries (`publisher.checks`), and status, which depends on the time (`publisher.lifecycle`).
"""

from __future__ import annotations

from publisher.content.model.fields import (
    Amount,
    Count,
    CreditCode,
    Day,
    DistrictCode,
    Email,
    End,
    Flag,
    Id,
    IndustryCode,
    Landline,
    Markdown,
    Mobile,
    Moment,
    MonthName,
    Term,
    Text,
    Url,
    key,
)
from publisher.content.model.validity import Validity
from publisher.content.model.vocabulary import (
    AiUse,
    Channel,
    Condition,
    ContactWay,
    Cooperation,
    Delivery,
    EventState,
    EventType,
    Field,
    Force,
    Genre,
    Handling,
    IssueType,
    Kind,
    Level,
    ListingState,
    ListingType,
    MaterialForm,
    MaterialOrigin,
    MatterType,
    Necessity,
    NewsType,
    OperatingState,
    Size,
    SourceType,
    State,
    SubjectType,
    Support,
    TaxpayerType,
    Verified,
    Visibility,
    Way,
    YesNoUnknown,
)
from publisher.model import Model


class Source(Model):
    """Where a text comes from; a reprint needs all four."""

    type: SourceType = key("类型", "原创、转载或编译", SourceType.ORIGINAL, example="转载")
    name: Text = key("名称", "来源机构或媒体的名称", example="国家税务总局")
    url: Url | None = key("链接", "原文网址", None, example="https://fgk.chinatax.gov.cn/")
    published: Day | None = key("原发布日期", "原文发布的日期", None, example="2026-01-30")


class Image(Model):
    """A picture with the words that stand for it."""

    src: Text = key("文件", "图片文件，相对于本文件的路径", example="images/street.png")
    alt: Text = key("说明", "图片说明，读屏软件会读出来", example="西一路街景示意图")


class Review(Model):
    """One of the three readings before publication."""

    by: Text = key("人", "审核人", example="编辑甲")
    time: Moment | None = key("时间", "审核时间", None, example="2026-11-20 09:00")


class Correction(Model):
    """What was put right after publication."""

    time: Moment = key("时间", "更正时间", example="2026-11-21 10:00")
    note: Text = key("说明", "改了什么、为什么", example="开业日期由11月20日更正为11月22日。")


class Question(Model):
    """A question readers ask, with its answer."""

    question: Text = key("问", "问题", example="个体户能享受吗？")
    answer: Markdown = key("答", "回答（Markdown）", example="可以，按经营所得申报时自行享受。")


class Span(Model):
    """From a first moment to a last; a day counts to its end."""

    start: Moment | None = key("起", "开始日期或时间", None, example="2026-11-20")
    end: End | None = key("止", "结束日期或时间（日期含当日）", None, example="2026-11-30")


class EntryModel(Model):
    """What every kind has."""

    id: Id | None = key("编号", "不写时用文件名；决定网址和订阅源身份，定下后不再改", None, example="zx-2026-0001")
    title: Text = key("标题", "1至60字，建议不超过32字，句末不加句号", example="西一路“5G智慧街区”开通便民服务")
    summary: Text = key("摘要", "一两句话，不超过120字，出现在列表、订阅源和邮件里", "", example="介绍平台能为街区企业做什么。")
    kind: Kind | None = key("栏目", "可以不写，由所在文件夹决定；写了就必须一致", None, example="商业资讯")
    published: Moment = key("发布时间", "到这个时间才公开；写将来的时间就是定时发布", example="2026-11-20 09:30")
    updated: Moment | None = key("更新时间", "内容有实质改动时写", None, example="2026-11-21 10:00")
    expires: End | None = key("有效期至", "过了这一天（或时间）就标为已过期", None, example="2026-12-31")
    source: Source | None = key("来源", "转载必须写全四项", None)
    author: Text | None = key("作者", "署名", None, example="街区编辑部")
    editor: Text | None = key("责任编辑", "责任编辑", None, example="编辑甲")
    first_review: Review | None = key("一审", "一审人和时间，不公开", None, internal=True)
    second_review: Review | None = key("二审", "二审人和时间，不公开", None, internal=True)
    third_review: Review | None = key("三审", "三审人和时间，不公开", None, internal=True)
    editor_note: Text | None = key("内部备注", "只给编辑看，任何输出里都不出现", None, internal=True, example="待企业确认照片授权")
    tags: tuple[Term, ...] = key("标签", "用半角逗号分开的方括号列表，或每行一个“- ”", (), example="[税收, 个体工商户]")
    industries: tuple[IndustryCode, ...] = key("行业", "GB/T 4754-2017 的代码或名称，代码要加引号", (), example='["52", 餐饮业]')
    district: DistrictCode = key("区划", "GB/T 2260 的代码或名称", "610102", example="新城区")
    advertisement: Flag = key("广告", "是广告就写“是”，页面会显著标明“广告”", False, example="否")
    ai: AiUse = key("AI生成", "无、辅助或生成；后两种页面上会标明", AiUse.NONE, example="无")
    visibility: Visibility = key("可见范围", "内部的条目不进入网站、订阅源和邮件", Visibility.PUBLIC, example="公开")
    corrections: tuple[Correction, ...] = key("更正", "每次更正一条，页面上看得见", ())
    withdrawal: Correction | None = key("撤回", "撤回的时间和原因，原网址留一页说明", None)
    image: Image | None = key("配图", "一张主图", None)


class StatedEntry(EntryModel):
    """A kind whose state follows the editors' common steps."""

    state: State = key("状态", "草稿、待审、已发布、已撤回或已更正；草稿和待审不公开", State.PUBLISHED, example="已发布")


class News(StatedEntry):
    """商业资讯: what happens on the street."""

    type: NewsType = key("类型", "资讯的类型", NewsType.MARKET, example="开业")
    enterprises: tuple[Id, ...] = key("主体", "相关企业的编号", (), also=("企业", "enterprise"), example="[qy-ruyi-shiji]")
    period: Span | None = key("起止时间", "活动的起止；促销必须写“止”", None)
    place: Text | None = key("地点", "在哪里", None, example="西一路中段（示例）")
    offer: Text | None = key("优惠说明", "优惠的规则；促销必须写", None, example="满100元减20元，每人限一次。")


class Ground(Model):
    """依据: which passage of 原文摘录 says that a condition holds."""

    condition: Condition = key("条件", "主体类型、行业、不含行业、划型、从业人数…", example="主体类型")
    article: Text = key("条", "原文摘录里的哪一条，写它的“条”", example="第二十三条")


class Audience(Model):
    """适用对象: who a policy is for; the three ways of being small are kept apart."""

    subjects: tuple[SubjectType, ...] = key("主体类型", "企业、个体工商户等", (), example="[企业, 个体工商户]")
    industries: tuple[IndustryCode, ...] = key("行业", "只适用于这些行业；不写就是不限", (), example='["61", "62"]')
    excluded_industries: tuple[IndustryCode, ...] = key("不含行业", "明文排除的行业", (), example='["51", "52"]')
    sizes: tuple[Size, ...] = key("划型", "大型、中型、小型、微型（国统字〔2017〕213号）", (), example="[小型, 微型]")
    taxpayers: tuple[TaxpayerType, ...] = key("纳税人类型", "一般纳税人、小规模纳税人（增值税）", (), example="[小规模纳税人]")
    small_low_profit: YesNoUnknown | None = key("小型微利", "是否限于小型微利企业（企业所得税）", None, example="是")
    districts: tuple[DistrictCode, ...] = key("区划", "只在这些区划适用；不写就是不限", (), example="[新城区]")
    staff_min: Count | None = key("从业人数下限", "从业人数不少于（含本数）", None, example="1")
    staff_max: Count | None = key("从业人数上限", "从业人数不超过（含本数）", None, example="300")
    sales_min: Amount | None = key("年销售额下限", "年应征增值税销售额不低于（含本数），万元", None, example="10")
    sales_max: Amount | None = key("年销售额上限", "年应征增值税销售额不超过（含本数），万元", None, example="500")
    founded_from: Day | None = key("成立不早于", "这一天起成立的才适用", None, example="2024-07-01")
    founded_until: Day | None = key("成立不晚于", "这一天为止成立的才适用", None, example="2024-06-30")
    months_min: Count | None = key("成立满月数", "成立满多少个月才适用", None, example="12")
    months_max: Count | None = key("成立不超月数", "成立不超过多少个月才适用", None, example="36")
    other: tuple[Text, ...] = key("其他条件", "要由企业自己说明的条件，每条一句", ())
    grounds: tuple[Ground, ...] = key("依据", "每个条件由原文摘录的哪一条写明", ())


class Standard(Model):
    """支持标准: an amount in words, and as a number where there is one."""

    text: Text = key("说明", "支持标准的文字", example="减按1%征收率征收增值税")
    value: Amount | None = key("值", "金额或比例", None, example="1")
    unit: Text | None = key("单位", "元、万元、%…", None, example="%")
    limit: Text | None = key("上限", "封顶多少", None, example="每人不超过1500元")
    formula: Text | None = key("计算式", "怎么算", None)


class Benefit(Model):
    """可享事项: one thing a policy gives, with its own conditions; the self-check answers for each."""

    name: Text = key("事项", "一件事的名称", example="六税两费减半征收")
    gives: Text = key("给什么", "给多少，一句话；数字要在原文摘录里找得到", example="六税两费减半征收")
    how: Text | None = key("怎么办", "怎样享受；不写就用申报方式", None, example="申报时自行享受")
    until: End | None = key("截止", "这件事到哪天（含当日）；不写就看申报时间和有效期", None, example="2027-12-31")
    audiences: tuple[Audience, ...] = key("适用对象", "条件和它们的依据；写几组时，符合其中一组就行")


class Quotation(Model):
    """A passage of the official text, as it stands there."""

    article: Text = key("条", "第几条", example="第二十三条")
    text: Text = key("文", "原文")


class Policy(StatedEntry):
    """政策解读: an official document explained beside its own words."""

    name: Text = key("政策名称", "文件全名，不加书名号", example="中华人民共和国增值税法")
    number: Text | None = key("文号", "按规范写，如 财税〔2026〕1号；法律没有文号可不写", None, example="财政部 税务总局公告2026年第10号")
    issuers: tuple[Text, ...] = key("发文机关", "一个或多个", example="[财政部, 税务总局]")
    level: Level = key("层级", "国家、省、市或区", example="国家")
    genre: Genre = key("文种", "法律、行政法规、公告、通知…", example="公告")
    written: Day | None = key("成文日期", "文件落款日期", None, example="2026-01-30")
    issued: Day | None = key("发布日期", "公开发布的日期", None, example="2026-01-30")
    effective: Day = key("施行日期", "从哪天起施行", example="2026-01-01")
    validity: Validity = key("政策有效期至", "日期、长期或未载明；未载明要在“有效期说明”写原因", example="2027-12-31")
    validity_note: Text | None = key("有效期说明", "有效期未载明的原因或补充", None)
    force: Force | None = key("效力状态", "一般不写，由日期和替代关系算出；有特殊情况时写", None, example="现行有效")
    replaces: tuple[Id, ...] = key("替代", "被本文件替代的政策的编号", ())
    replaced_by: tuple[Id, ...] = key("被替代", "替代本文件的政策的编号", ())
    basis: tuple[Id, ...] = key("依据", "本文件所依据的政策的编号", ())
    amends: tuple[Id, ...] = key("修改", "被本文件修改的政策的编号", ())
    audience: Audience = key("适用对象", "谁能享受（结构化条件）")
    benefits: tuple[Benefit, ...] = key("可享事项", "政策自查用：给什么、要什么条件、原文怎么说；条件没有原文就不写", ())
    not_for: tuple[Text, ...] = key("不适用", "明文排除的情形", ())
    supports: tuple[Support, ...] = key("支持方式", "税费减免、财政补助…", example="[税费减免]")
    standards: tuple[Standard, ...] = key("支持标准", "给多少；其中的数字要在原文摘录里找得到", ())
    conditions: tuple[Text, ...] = key("申报条件", "每条一行", ())
    materials: tuple[Text, ...] = key("申报材料", "免申即享可以不写", ())
    channels: tuple[Channel, ...] = key("申报方式", "免申即享、自行申报享受、线上申请、窗口申请", example="[自行申报享受]")
    application: Span | None = key("申报时间", "起、止；常年受理不用写", None)
    authority: Text = key("受理部门", "向谁申报", example="主管税务机关")
    apply_url: Url | None = key("办理入口", "网上办理的网址", None)
    phone: Landline | None = key("咨询电话", "公开的热线", None, example="029-00000000")
    original: Url = key("原文链接", "官方网站上的原文", example="https://fgk.chinatax.gov.cn/")
    quotations: tuple[Quotation, ...] = key("原文摘录", "条和文，与解读并排显示", ())
    in_a_word: Text = key("一句话", "用一句大白话说清楚，不超过60字")
    who: Markdown | None = key("谁能享受", "大白话（Markdown）", None)
    what: Markdown | None = key("能得什么", "大白话（Markdown）", None)
    how: Markdown | None = key("怎么办", "大白话（Markdown）", None)
    notice: Markdown | None = key("注意什么", "大白话（Markdown）", None)
    questions: tuple[Question, ...] = key("常见问题", "问和答", ())
    verified: Day = key("核验日期", "最近一次对照原文核验的日期", example="2026-11-20")
    verified_by: Text = key("核验人", "谁核验的（岗位或代号）", example="街区编辑部")
    verified_how: Text = key("核验方式", "怎么核验的", example="对照官方网站原文")


class Budget(Model):
    """A price range in yuan, or 面议."""

    low: Amount | None = key("最低", "元", None, example="50000")
    high: Amount | None = key("最高", "元", None, example="80000")
    negotiable: Flag = key("面议", "是或否", False, example="否")


class Contact(Model):
    """How the platform reaches a lister, whose number and address stand in no output: readers are put through."""

    way: ContactWay = key("方式", "平台怎样转达：平台转达、固话、邮箱或手机（需同意）；读者看到的都是由平台转达", ContactWay.RELAY, example="平台转达")
    phone: Landline | None = key("固话", "只给平台转达用，任何公开输出里都不出现", None, internal=True)
    email: Email | None = key("邮箱", "只给平台转达和提醒续期用，任何公开输出里都不出现", None, internal=True)
    mobile: Mobile | None = key("手机", "只在内部使用，任何公开输出里都不出现", None, internal=True)
    consent: Text | None = key("同意凭据", "公开手机以外的个人信息也要有同意凭据", None, internal=True)


class Outcome(Model):
    """成果: what came of a listing."""

    partner: Text | None = key("对接对象", "与谁达成", None, example="示例企业")
    signed: Day | None = key("签约日期", "哪天签约", None)
    amount: Amount | None = key("金额", "元，可不写", None)
    is_public: Flag = key("公开", "是否公开成果", False)


class Licence(Model):
    """金融持牌信息."""

    holder: Text = key("机构名称", "持牌机构名称")
    number: Text = key("牌照", "牌照或备案号")


class Listing(EntryModel):
    """供需对接: a demand, a supply or a wish to cooperate."""

    state: ListingState = key("状态", "草稿、待审、对接中、已达成、已过期或已撤回", ListingState.OPEN, example="对接中")
    type: ListingType = key("类型", "需求、供给或合作", example="需求")
    field: Field = key("领域", "商贸零售、金融、通信…", example="通信")
    detail: Markdown = key("详情", "不超过2000字（Markdown）；不要写电话", "", example="需要覆盖三层楼的无线网络…")
    quantity: Text | None = key("数量", "数量或规格", None, also=("规格", "数量/规格"), example="3层，约1200平方米")
    budget: Budget | None = key("预算", "最低、最高（元）或面议", None)
    cooperation: tuple[Cooperation, ...] = key("合作方式", "采购、供应、委托加工…", (), example="[采购]")
    districts: tuple[DistrictCode, ...] = key("地区", "希望在哪里合作", (), example="[新城区]")
    delivery: Delivery | None = key("交付周期", "≤1月、1–3月、3–6月或>6月", None, example="1–3月")
    expires: End = key("有效期", "到哪一天（含当日），最长180天", also=("有效期至",), example="2027-03-31")
    enterprise: Id = key("发布主体", "发布企业的编号", example="qy-ruyi-shiji")
    contact: Contact = key("联系", "默认由平台转达", Contact())
    verified: Verified = key("主体核验", "已核验营业执照或未核验", example="已核验营业执照")
    outcome: Outcome | None = key("成果", "达成后填写", None)
    licence: Licence | None = key("持牌信息", "金融类供给必须写", None)


class Step(Model):
    """One step of a guide's procedure."""

    name: Text = key("环节", "这一步的名称", example="受理")
    detail: Text = key("步骤", "做什么", example="提交申请材料")
    time_limit: Text | None = key("时限", "多长时间", None, example="当场")
    result: Text | None = key("结果", "得到什么", None, example="受理通知书")


class Material(Model):
    """One paper that a guide asks for."""

    name: Text = key("名称", "材料名称", example="登记申请书")
    necessity: Necessity = key("必要性", "必要、非必要或容缺后补", Necessity.REQUIRED, example="必要")
    form: MaterialForm | None = key("形式", "纸质、电子或纸质或电子", None, example="纸质或电子")
    copies: Count | None = key("份数", "几份", None, example="1")
    origin: MaterialOrigin = key("来源渠道", "申请人自备、政府部门核发或其他", MaterialOrigin.APPLICANT, example="申请人自备")
    notes: Text | None = key("填报须知", "怎么填", None)
    blank_form: Text | None = key("空白表", "空白表的文件或网址", None)
    sample_form: Text | None = key("样表", "样表的文件或网址", None)


class TimeLimit(Model):
    """办结时限, in working days."""

    days: Count = key("数", "几个工作日；当场办结写 0", example="3")
    unit: Text = key("单位", "工作日", "工作日", example="工作日")


class Guide(StatedEntry):
    """代办服务: a service guide after GB/T 36114-2018, for an affair that officers handle or accompany."""

    title: Text = key("事项名称", "事项的名称", also=("标题",), example="个体工商户设立登记")
    code: Text | None = key("实施编码", "国家事项库的编码，没有核实就不写", None)
    matter: MatterType = key("事项类型", "行政许可、行政确认、公共服务…", example="行政确认")
    basis: tuple[Text, ...] = key("设定依据", "法律法规的名称和条款", example="[《市场主体登记管理条例》第十九条]")
    authority: Text = key("实施主体", "哪个部门办", example="登记机关")
    subjects: tuple[SubjectType, ...] = key("服务对象", "企业、个体工商户、自然人…", example="[个体工商户]")
    handling: Handling | None = key("办件类型", "即办件或承诺件", None, example="即办件")
    conditions: tuple[Text, ...] = key("受理条件", "每条一行")
    steps: tuple[Step, ...] = key("办理流程", "环节、步骤、时限、结果")
    materials: tuple[Material, ...] = key("材料", "名称、必要性、形式、份数…")
    legal_limit: TimeLimit | None = key("法定办结时限", "数和单位", None)
    promised_limit: TimeLimit | None = key("承诺办结时限", "不得长于法定", None)
    has_fee: Flag = key("是否收费", "是或否", example="否")
    fee: Text | None = key("收费标准", "收费的标准和依据；收费时必须写", None)
    visits: Count | None = key("到办事现场次数", "要跑几次", None, example="0")
    online: Url | None = key("网办地址", "网上办理的网址", None)
    place: Text = key("办理地点", "不确定就写“以西安市政务服务网公布为准”", example="以西安市政务服务网公布为准")
    hours: Text = key("办理时间", "同上", example="以西安市政务服务网公布为准")
    consult: Text = key("咨询方式", "热线或窗口", example="以办理机关公布的咨询渠道为准")
    complain: Text | None = key("监督投诉方式", "热线或窗口", None, example="以办理机关公布的咨询渠道为准")
    result: Text | None = key("结果名称", "办好后拿到什么", None, example="营业执照")
    delivery: Text | None = key("送达方式", "结果怎样送到", None, example="窗口领取或邮寄")
    agency: Text | None = key("代办说明", "亲商助企干部能代办、陪办什么", None, example="可免费代办，不收礼、不收费。")
    policies: tuple[Id, ...] = key("相关政策", "政策的编号", ())
    questions: tuple[Question, ...] = key("常见问题", "问和答", ())


class Signup(Model):
    """How to take part in an event."""

    way: Text = key("方式", "怎样报名", example="由平台转达报名")
    deadline: End | None = key("截止", "报名截止的日期（含当日）或时间", None, example="2026-12-05")
    url: Url | None = key("链接", "报名网址", None)
    places: Count | None = key("名额", "多少人", None, example="40")


class Event(StatedEntry):
    """活动: a meeting, a briefing, a fair."""

    type: EventType = key("类型", "座谈会、培训、政策宣讲、对接会…", example="政策宣讲")
    start: Moment = key("开始时间", "日期和时间", example="2026-12-08 14:30")
    end: Moment | None = key("结束时间", "日期和时间", None, example="2026-12-08 16:30")
    place: Text = key("地点", "在哪里；线上就写线上", example="线上（示例）")
    organiser: Text = key("主办", "谁主办", example="西一路智慧街区平台（示例）")
    audience: Text | None = key("面向", "谁可以参加", None, example="街区餐饮商户")
    signup: Signup | None = key("报名", "方式、截止、链接、名额", None)
    fee: Text = key("费用", "免费或多少钱", "免费", example="免费")
    agenda: tuple[Text, ...] = key("议程", "每项一行", ())
    minutes: Markdown | None = key("纪要", "会后补写（Markdown）", None)
    event_state: EventState = key("活动状态", "如期举行、延期或已取消", EventState.SCHEDULED, example="如期举行")
    enterprises: tuple[Id, ...] = key("相关企业", "企业的编号", (), also=("主体", "enterprise"), example="[qy-ruyi-shiji]")
    policies: tuple[Id, ...] = key("相关政策", "政策的编号", ())


class Coordinates(Model):
    """A point with the name of its datum, since Chinese maps are shifted."""

    longitude: Text = key("经度", "如 108.96")
    latitude: Text = key("纬度", "如 34.26")
    datum: Text = key("坐标系", "GCJ-02 或 WGS-84")


class Person(Model):
    """A contact person: a form of address, never a full name."""

    name: Text = key("称谓", "如 张先生", example="张先生")
    mobile: Mobile | None = key("手机", "只在内部使用，公开时一律隐去", None, internal=True)


class Consent(Model):
    """信息公开同意 (PIPL 第二十五条)."""

    day: Day = key("日期", "哪天同意的")
    proof: Text = key("凭据", "凭据在哪里", internal=True)


class Enterprise(StatedEntry):
    """企业名录: an enterprise, sole trader or project of the street."""

    title: Text = key("名称", "登记的名称；虚构的要带“示例”", also=("标题",), example="如意食集（示例）")
    short_name: Text | None = key("简称", "招牌或简称", None, example="如意食集")
    credit_code: CreditCode | None = key("统一社会信用代码", "18位；示例用 990000 区划", None, example="91990000MA0DA0011B")
    subject: SubjectType = key("主体类型", "企业、个体工商户…", example="企业")
    industries: tuple[IndustryCode, ...] = key("行业", "GB/T 4754-2017 的代码或名称，代码要加引号", example='["62"]')
    size: Size | None = key("划型", "大型、中型、小型、微型", None, example="微型")
    taxpayer: TaxpayerType = key("纳税人类型", "一般纳税人、小规模纳税人、未知", TaxpayerType.UNKNOWN, example="小规模纳税人")
    small_low_profit: YesNoUnknown = key("小型微利", "是、否、未知", YesNoUnknown.UNKNOWN, example="是")
    founded: Day | None = key("成立日期", "登记的成立日期", None, example="2021-05-18")
    operating: OperatingState = key("经营状态", "存续、在业、歇业、迁出、注销、吊销", OperatingState.ACTIVE, example="在业")
    street: Text = key("街路", "在哪条街路", example="西一路")
    address: Text | None = key("地址", "公开的经营地址", None, example="西一路（示例地址）")
    coordinates: Coordinates | None = key("坐标", "经纬度和坐标系", None)
    business: Text | None = key("业务简介", "一两句话", None)
    phone: Landline | None = key("公开电话", "固定电话", None)
    website: Url | None = key("网站", "网址", None)
    contact: Person | None = key("联系人", "称谓；手机只在内部", None)
    consent: Consent | None = key("信息公开同意", "公开个人信息必须有", None)
    hours: Text | None = key("营业时间", "如 周一至周日 09:00—21:00", None)


class WayCount(Model):
    """How many services there were in one way."""

    way: Way = key("方式", "走访、电话、线上、陪办、代办、座谈、政策宣讲", example="走访")
    times: Count = key("次数", "几次，至少3", example="96")


class Tally(StatedEntry):
    """助企服务: the sums of one month of the officers' services that the public may know; `publisher liaison publish` proposes the file.

    It is closed to everything else, so that no rate of growth and nothing of a single enterprise or officer can be written into it.
    """

    month: MonthName = key("月份", "哪个月；过完了才能公布", example="2026-10")
    services: Count = key("服务次数", "这个月一共服务多少次", example="184")
    by_way: tuple[WayCount, ...] = key("按方式", "各种方式多少次；有一种少于3次，不满10次的就都并进“其他方式次数”", ())
    other_ways: Count | None = key("其他方式次数", "没有单列的方式合在一起；加上单列的等于服务次数", None, example="8")
    enterprises: Count | None = key("服务企业", "服务了多少家；差一两家就满的时候不写，写下一项", None, example="66")
    enterprises_least: Count | None = key("服务企业不少于", "只差一两家就满时写，免得猜出是哪家没有服务", None, example="64")
    closed_percent: Count | None = key("问题办结率", "到月底，登记的问题里销了号的占百分之几，整数，不写百分号", None, example="83")
    cases: Count | None = key("办件办结", "这个月送达或办毕的代办单和陪办单", None, example="12")
    delivered: Count | None = key("代办单送达", "其中代办单；和下一项要么都写，要么都不写", None, example="7")
    accompanied: Count | None = key("陪办单办毕", "其中陪办单", None, example="5")
    mean_days: Amount | None = key("平均办结工作日", "这些办件平均几个工作日办结，补正的日子不算", None, example="4.3")
    shared: tuple[IssueType, ...] = key("共性问题", "90天内3家以上企业提出的同类问题，多的在前；只写类型", (), example="[交通运输, 融资]")


class Page(StatedEntry):
    """A page of the site that is not news: 关于, 订阅, 隐私…"""


MODELS: dict[Kind, type[EntryModel]] = {
    Kind.NEWS: News,
    Kind.POLICY: Policy,
    Kind.LISTING: Listing,
    Kind.GUIDE: Guide,
    Kind.EVENT: Event,
    Kind.ENTERPRISE: Enterprise,
    Kind.TALLY: Tally,
    Kind.PAGE: Page,
}

__all__ = ["MODELS", "Enterprise", "EntryModel", "Event", "Guide", "Listing", "News", "Page", "Policy", "Tally"]
