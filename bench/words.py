"""The words of the corpus: plain, plainly invented Chinese about a market street, and the sentences they are put into.

A sentence names the tables it draws from in braces. None of them may say what `publisher check` warns of: no superlatives, no
promises, no numbers that could be anybody's.
"""

from __future__ import annotations

#: The tags of the corpus, and the slug of each one's address.
TAGS = {
    "税收": "tax",
    "增值税": "vat",
    "个体工商户": "sole-trader",
    "小微企业": "small-business",
    "社保": "social-insurance",
    "用工": "employment",
    "注册登记": "registration",
    "年报": "annual-report",
    "融资": "financing",
    "账款": "receivables",
    "数字化": "digital",
    "促消费": "consumption",
    "餐饮": "catering",
    "零售": "retail",
    "营商环境": "business-environment",
    "示例": "demo",
}

#: The industries of the corpus: division of GB/T 4754-2017, and its name.
INDUSTRIES = {
    "51": "批发业",
    "52": "零售业",
    "54": "道路运输业",
    "59": "装卸搬运和仓储业",
    "61": "住宿业",
    "62": "餐饮业",
    "63": "电信、广播电视和卫星传输服务",
    "65": "软件和信息技术服务业",
    "72": "商务服务业",
    "80": "居民服务业",
}


def _words(row: str) -> tuple[str, ...]:
    return tuple(row.split())


WORDS: dict[str, tuple[str, ...]] = {
    "shop": _words(
        "示例茶馆 示例面馆 示例书店 示例花店 示例药房 示例理发店 示例五金店 示例布行 示例粮油铺 示例修鞋铺 示例照相馆 "
        "示例文具店 示例裁缝铺 示例水果店 示例早点铺 示例钟表店 示例眼镜店 示例洗衣店 示例打印社 示例旅馆 示例豆腐坊 "
        "示例干果铺 示例陶器店 示例伞铺 示例乐器行 示例自行车行 示例种子店 示例渔具店 示例糕点铺 示例凉皮店"
    ),
    "place": _words(
        "东口 西口 南侧巷子 北侧巷子 旧戏台前 钟楼下 老槐树旁 公交站边 小广场 后街 连廊下 二层平台 中段路口 菜市场门前 "
        "停车棚旁 社区服务站 图书角 水井台 石牌坊下 自行车棚边"
    ),
    "who": _words(
        "店家 街坊 商户代表 社区干部 送货师傅 新来的学徒 带孩子的家长 附近的老人 夜班的司机 巡街的志愿者 管账的会计 "
        "做饭的师傅 修路的工友 楼上的住户 路过的客人 收银的店员 看仓库的师傅 物业的值班员"
    ),
    "thing": _words(
        "门头灯箱 雨棚 货架 进货台账 排水口 充电桩 导视牌 意见箱 公示栏 座椅 垃圾分类桶 消防通道 宣传页 价目表 收银机 "
        "冷柜 电子秤 快递柜 无障碍坡道 饮水点 晾晒架 监控探头 树池 井盖 路沿石"
    ),
    "goods": _words(
        "茶叶 面粉 菜籽油 鲜花 旧书 棉布 竹编 铁锅 陶碗 干枣 核桃 豆腐 辣椒面 挂面 柿饼 纸伞 毛笔 风筝 布鞋 手电筒 蜂蜜 黄酒 小米 木梳 热水瓶 帆布袋"
    ),
    "act": _words(
        "核对一遍 登记下来 换成新的 搬到一边 写在纸上 拍照存档 当面点清 贴出来给大家看 交给值班的人 留一份底 擦干净再用 "
        "分开放好 按月记账 先试用一周 画一张草图 问清楚再定"
    ),
    "when": _words("清早 开门以前 午饭过后 傍晚 收摊以后 周末 月初 月底 换季的时候 下雨天 年关前后 赶集那天 学校放学时 天黑以前 盘点那天 入冬以后"),
    "topic": _words(
        "排水改造 夜间照明 进货对账 门前卫生 店招更新 停车秩序 用电检查 垃圾分类 节日布置 雨天防滑 旧货回收 错时送货 "
        "共用仓库 学徒培训 账本整理 消防演练 无障碍通行 饮水卫生 夏季防暑 冬季防冻 开票须知 价目公示 噪声管理 街角花坛"
    ),
    "view": _words("说法不一样 觉得可以先试 想再看一看 没有意见 提了两条建议 愿意出一份力 担心耽误生意 希望早点通知 记在了本子上 问起了费用"),
    "paper": _words("登记表 申请书 情况说明 清单 回执 会议记录 通知 草案 对账单 交接单 意见汇总 示意图"),
}

SENTENCES = (
    "{when}，{who}在{place}看了{thing}，{view}。",
    "{shop}把{thing}{act}，用了大约{n}分钟。",
    "{who}说，{goods}和{goods}要分开存放，免得串味。",
    "关于{topic}，{who}{view}，{who}{view}。",
    "{place}一共有{n}处{thing}，其中{m}处需要修。",
    "这次{topic}分{m}步走，每一步都会写进{paper}。",
    "{shop}和{shop}共用一间库房，里面放着{goods}。",
    "{when}人多，{who}建议把{thing}{act}。",
    "先在{place}试{n}天，再看要不要推到别处。",
    "{paper}放在{place}，谁都可以翻看。",
    "去年留下的{thing}还有{n}件，能用的接着用。",
    "{who}带来了{goods}，请大家{when}到{place}尝一尝。",
    "{topic}的{paper}已经写好，共{m}页。",
    "如果{when}下雨，就改到{place}进行。",
    "{shop}的{goods}卖得慢，打算换成{goods}。",
    "{who}量了尺寸，{place}到{place}大约{n}步。",
    "有人问起{topic}，{who}答应查清楚再回复。",
    "{thing}旁边要留出通道，轮椅和推车都能过。",
    "费用由{m}家店分摊，账目每月写在{paper}里。",
    "{when}不卸货，{shop}改用小推车送{goods}。",
    "{who}把{paper}{act}，又抄了一份给{shop}。",
    "{place}的{thing}{m}年没有动过，这回一并处理。",
    "做{topic}的时候，{shop}照常开门。",
    "意见收到{n}条，多数和{topic}有关。",
    "{goods}按斤卖，{goods}按件卖，价目写在{thing}上。",
    "{who}提醒，{thing}要{act}，不要堆在{place}。",
    "街上{n}家店里，有{m}家已经把{thing}{act}。",
    "{when}，{place}的灯会亮到收摊。",
    "{shop}的学徒学会了{topic}，开始自己填{paper}。",
    "没有办完的事，{when}在{place}接着说。",
)

HEADINGS = (
    "事情的经过",
    "先看{thing}",
    "{topic}怎么安排",
    "{who}怎么说",
    "在{place}看到的",
    "要准备的{paper}",
    "还没有定下来的",
    "费用和账目",
    "{when}的安排",
    "关于{goods}",
    "{shop}的做法",
    "常被问到的几句",
    "接下来做什么",
    "和{topic}有关的事",
    "{place}的情况",
    "几个数字",
)

ITEMS = (
    "{thing}：{act}",
    "{who}负责{topic}",
    "{place}，{when}",
    "{goods}{n}份，放在{place}",
    "{paper}一式{m}份",
    "把{thing}{act}",
    "{shop}：{goods}、{goods}",
)

TABLE_HEADS = (("事项", "地点", "数量"), ("东西", "放在哪里", "件数"), ("要做的", "谁来做", "天数"))

LINK_WORDS = ("上次的记录", "相关的一篇", "前后的经过", "同一条街的做法", "以前的安排", "另一处的情况")
OUTER_WORDS = ("街区资料", "示意图", "旧照片", "往年的表格")

TITLES = ("{place}{topic}", "{shop}：{topic}", "{topic}的{paper}", "{thing}和{topic}")
SUMMARIES = (
    "{place}做{topic}，{who}{view}，共{m}步，写在{paper}里。",
    "{shop}把{thing}{act}，顺便说说{topic}。",
    "{when}起在{place}试行{topic}，{who}可以先看{paper}。",
)
