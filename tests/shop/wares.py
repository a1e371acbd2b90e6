"""What the shop sells, and what a reviewer ought to say of each: the truth that finds are held against."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Label(StrEnum):
    """What a ware is in truth."""

    SUSPECT = "suspect"
    LAWFUL = "lawful"
    DECOY = "decoy"  # words of the trade, another thing


@dataclass(frozen=True)
class Ware:
    """One product of the shop."""

    title: str
    label: Label
    price: Decimal  # CNY
    species: str = ""  # scientific name; only suspects have one


SUSPECTS = (
    ("象牙手镯 老料 圈口57 包浆温润 懂的来", 6800, "Loxodonta africana"),
    ("象牙雕观音立像 整料 高26厘米", 32800, "Loxodonta africana"),
    ("旧藏象牙麻将牌 一副齐 可看实物", 12600, "Elephas maximus"),
    ("象牙筷子两双 家传旧物 转让", 2600, "Elephas maximus"),
    ("天然象牙方章 印料 网状纹清楚", 3500, "Loxodonta africana"),
    ("虎骨酒 八十年代老库存 没开过封", 9800, "Panthera tigris"),
    ("真虎牙吊坠 牧区旧物 银包边", 5600, "Panthera tigris"),
    ("穿山甲片 炮制好 半斤装 产地直发", 1500, "Manis javanica"),
    ("犀角杯 老红色 透光 可验", 88000, "Rhinoceros sondaicus"),
    ("玳瑁手镯 十三鳞 老货 半透明", 3200, "Eretmochelys imbricata"),
    ("盔犀鸟头骨雕件 鹤顶红 老件", 15800, "Rhinoplax vigil"),
    ("高鼻羚羊角 整支 带血线", 4600, "Saiga tatarica"),
    ("熊胆粉 金胆 十支一盒", 1280, "Ursus thibetanus"),
    ("Antique ivory netsuke of a rabbit, signed, fine age lines", 4900, "Loxodonta africana"),
    ("Carved elephant ivory tusk on rosewood stand, 60 cm", 41000, "Loxodonta africana"),
    ("Ivory chess set, hand carved, about 1900, complete", 13500, "Elephas maximus"),
    ("Genuine tiger bone wine, unopened bottle from the nineties", 8700, "Panthera tigris"),
    ("Pangolin scales, cleaned and dried, 500 g, discreet parcel", 1900, "Manis javanica"),
    ("Rhino horn libation cup with deep old patina", 96000, "Rhinoceros unicornis"),
    ("Hawksbill tortoiseshell comb, real bekko, amber tone", 1100, "Eretmochelys imbricata"),
    ("Helmeted hornbill casque carving, red and gold", 17200, "Rhinoplax vigil"),
)

LAWFUL = (
    ("水牛角梳子 宽齿 手工打磨", 68),
    ("骆驼骨手串 108颗 配绿松石", 160),
    ("象牙果吊坠 植物种子雕刻", 88),
    ("黄杨木雕观音摆件 手工", 320),
    ("淡水珍珠项链 近圆 强光", 480),
    ("紫铜香炉 三足 仿古", 260),
    ("青花瓷笔筒 手绘山水", 190),
    ("Cow horn comb, wide tooth, hand polished", 75),
    ("Tagua nut bead necklace, vegetable ivory from Ecuador", 120),
    ("Ox bone letter opener with brass collar", 95),
    ("Buffalo horn shoehorn, 45 cm", 110),
    ("Beech wood chess set, tournament size", 210),
    ("Bamboo brush pot carved with plum blossom", 140),
)

DECOYS = (
    ("象牙白手机壳 硅胶防摔 磁吸", 29),
    ("象牙白亚麻窗帘 两片装 遮光", 158),
    ("象牙白乳胶漆 五升 净味", 219),
    ("象牙色真丝衬衫 长袖 女", 368),
    ("象牙白陶瓷茶具 六件套", 245),
    ("象牙塔里的四年 校园回忆录 平装", 36),
    ("象牙海岸可可豆 一公斤", 98),
    ("象牙芒果 五斤装 当季", 45),
    ("仿象牙树脂弥勒摆件", 59),
    ("虎牙直播主播同款麦克风 电容", 299),
    ("虎皮鹦鹉站架 实木 小号", 42),
    ("犀牛皮汽车漆面保护膜 门把手贴", 66),
    ("鹤顶红金鱼缸造景石 三块", 38),
    ("玳瑁色板材眼镜框 醋酸纤维", 128),
    ("豹纹手机壳 软边 全包", 25),
    ("透明手机壳 气囊防摔", 19),
    ("液态硅胶手机壳 多色可选", 32),
    ("卡通小猫手机壳 可爱 情侣", 22),
    ("皮革翻盖手机壳 带卡槽", 49),
    ("Phone case, clear, shockproof corners", 35),
    ("Phone case with card slot, black", 48),
    ("Leopard print phone case, soft edge", 33),
    ("Faux ivory piano key tops, resin, set of 52", 310),
    ("Ivory white lace wedding dress, size M", 980),
    ("Ivory satin ribbon, 25 m roll", 28),
    ('Salt & pepper mills, "ivory" enamel, pair', 135),
    ("Rhino 8 modelling software, student licence", 1450),
    ("Turtleneck sweater, merino wool, navy", 420),
    ("Tiger stripe camouflage jacket, cotton", 265),
    ("Plush elephant, grey, 40 cm", 85),
)


def _wares() -> tuple[Ware, ...]:
    """All wares, the kinds mixed as a shop mixes them: no page of results is of one kind."""
    suspects = [Ware(title, Label.SUSPECT, Decimal(price), species) for title, price, species in SUSPECTS]
    lawful = [Ware(title, Label.LAWFUL, Decimal(price)) for title, price in LAWFUL]
    decoys = [Ware(title, Label.DECOY, Decimal(price)) for title, price in DECOYS]
    everything = [*suspects, *lawful, *decoys]
    return tuple(ware for step in range(7) for ware in everything[step::7])


WARES = _wares()


def ware(words: str) -> Ware:
    """The one ware whose title holds WORDS."""
    (only,) = [ware for ware in WARES if words in ware.title]
    return only
