"""Everyday text does not alert: at most one alert a megabyte of what shoppers write, generated from our own parts."""

import random
import re
from collections.abc import Iterator

import pytest

from config.species import species
from config.term import terms
from crawler.match import Matcher

MATCHER = Matcher(terms(), species())
GOODS = re.findall(
    r"\S+",
    """
手机壳 充电宝 蓝牙耳机 电饭煲 保温杯 猕猴桃 羊毛衫 珊瑚绒毯子 牛仔裤 运动鞋 拉杆箱 婴儿推车 童书 台灯 空调
洗衣机 路由器 键盘 显示器 打印机 摄像头 行车记录仪 面膜 洗发水 口红 牙刷 毛巾 四件套 枕头 沙发垫 窗帘
炒锅 菜刀 茶叶 坚果 牛肉干 红枣 面包 咖啡豆 猫粮 狗窝 鱼缸 绿植 花盆 自行车 帐篷 钓竿 跑步机 瑜伽垫
吉他 拼图 积木 毛绒玩具 虎皮蛋糕 象牙白衬衫 豹纹裙
""",
)
PLACES = re.findall(
    r"\S+",
    """
酒店 宾馆 客栈 餐厅 书店 专柜 网店 超市 火车站 机场 前台 大堂 停车场 房间 早餐厅 健身房 游泳池 动物园
博物馆
""",
)
THINGS = re.findall(
    r"\S+",
    """
质量 做工 颜色 大小 味道 包装 物流 客服 价格 声音 屏幕 电池 手感 面料 款式 内容 服务 态度 卫生 隔音
位置 早餐
""",
)
SAID = re.findall(
    r"\S+",
    """
比想象中好 还不错 一般般 有点失望 很满意 性价比很高 跟图片一样 有色差 偏小一码 太贵了 下次还来 不会再买
值得推荐 差评 五星好评 小时候用过同样的 家里老人很喜欢 孩子爱不释手 送朋友的 用了三个月没坏 一直放在办公室
折中考虑 只好退货 真的不是广告 老板人很好
""",
)
SENTENCES = (
    "在{place}旁边买的{goods}，{thing}{said}，{number}块钱，包邮。",
    "{goods}收到了，{thing}{said}，就是{thing2}{said2}。",
    "一共买了{number}个{goods}，{number2}天到货，顺丰，{thing}{said}。",
    "这家{place}的{thing}{said}，离地铁{number}分钟，{thing2}也{said2}！",
    "客服私聊说现货，结果等了{number}天，{thing}{said}。",
    "给宝宝买的{goods}，{said}，一对也才{number}元，联系卖家很快。",
    "小时候就看过这本书，{said}，现在陪孩子再看，{said2}。",
    "前台说房间没有了，只能换{place}边上的，{thing}{said}。",
    "真皮的{goods}，手工不错，{thing}{said}，老款的更好。",
    "去{place}玩，看见大象和老虎，孩子高兴，{thing}{said}。",
)


def everyday(size: int, seed: int) -> Iterator[str]:
    """Reviews of a few sentences each, SIZE bytes of them."""
    chance, made = random.Random(seed), 0
    while made < size:
        review = "".join(_sentence(chance) for _ in range(chance.randint(1, 5)))
        made += len(review.encode())
        yield review


def _sentence(chance: random.Random) -> str:
    return chance.choice(SENTENCES).format(
        place=chance.choice(PLACES), goods=chance.choice(GOODS), thing=chance.choice(THINGS),
        thing2=chance.choice(THINGS), said=chance.choice(SAID), said2=chance.choice(SAID),
        number=chance.randint(2, 400), number2=chance.randint(2, 9),
    )  # fmt: skip


def alerts(size: int, seed: int) -> list[str]:
    return [review for review in everyday(size, seed) if MATCHER.judge(review).suspect]


def test_a_hundred_kilobytes_of_everyday_text_alert_nowhere() -> None:
    assert len({*everyday(100_000, 1)}) > 200
    assert not alerts(100_000, 1)


@pytest.mark.slow
def test_at_most_one_alert_a_megabyte_of_everyday_text() -> None:
    assert len(found := alerts(4_000_000, 2)) <= 4, found[:5]


def test_an_offer_among_everyday_text_alerts() -> None:
    reviews = [*everyday(2_000, 3)]
    assert MATCHER.judge("".join([*reviews[:3], "另出象牙手镯一只，老料，私聊。", *reviews[3:6]])).suspect
