"""One folded form of a text (NFKC, case, simplified characters) that still knows its original places."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Each traditional or variant character that occurs in our terms, and the one we write.
_PAIRS = """
龜龟 鱗鳞 鶴鹤 頂顶 紅红 鳥鸟 頭头 獸兽 貓猫 獅狮 豬猪 馬马 魚鱼 鷹鹰 鸚鹦 鵡鹉 鵰雕 鬚须 鯊鲨
鯨鲸 鱉鳖 鱷鳄 鱘鲟 鰉鳇 鰻鳗 鱟鲎 貝贝 骯肮 膽胆 製制 標标 殼壳 爾尔 蘭兰 蟲虫 蠶蚕 蛻蜕 瑇玳
麞獐 麅狍 膠胶 鑼锣 鏡镜 鐲镯 鐧锏 掛挂 墜坠 飾饰 質质 證证 無无 來来 價价 貨货 現现 賣卖 購购
轉转 讓让 貼贴 顏颜 級级 藥药 補补 種种 養养 動动 園园 護护 獵猎 籠笼 網网 電电 誘诱 槍枪 銃铳
夾夹 鋼钢 絲丝 綫线 線线 緣缘 閉闭 額额 鳳凤 錦锦 雞鸡 鵝鹅 鴨鸭 鷂鹞 隻只 條条 對对 雙双 個个
鍊链 鏈链 項项 牽牵 輪轮 廠厂 圖图 書书 郵邮 畫画 樂乐 隊队 機机 車车 腦脑 軟软 體体 戲戏 遊游
塊块 層层 環环 裝装 歲岁 歷历 傳传 統统 舊旧 見见 聞闻 報报 導导 罰罚 審审 訊讯 販贩 運运 黃黄
藍蓝 綠绿 銀银 葉叶 櫃柜 門门 紗纱 塗涂 內内 絨绒 髮发 飛飞 鴿鸽 麗丽 鵬鹏 鶯莺 鷯鹩 鴛鸳 鴦鸯
鸕鸬 鶿鹚 鶻鹘 鴞鸮 鴟鸱 鸛鹳 鵠鹄 鷲鹫 鷓鹧 鵑鹃 燈灯 潤润 繡绣 紋纹 觸触 貴贵 賓宾 測测 試试
樣样 殺杀 鮮鲜 雜杂 誌志 預预 訂订 單单 縣县 緬缅 鈕钮 釦扣 國国 蘇苏 錶表 帶带 鉤钩 盃杯 筆笔
煙烟 壺壶 擺摆 鎮镇 贗赝 偽伪 樹树 醬酱 湯汤 頸颈 貍狸 蟬蝉 蠍蝎 蛺蛱 駝驼 鴕鸵 綿绵 壯壮 壽寿
犢犊 豎竖 淨净 隱隐 銷销 絕绝 當当 韌韧 紐纽 劍剑 鰓鳃 鱝鲼 鰭鳍 鱸鲈 魷鱿 鰩鳐 灣湾 蠻蛮 嶺岭
剝剥 頦颏 歐欧 亞亚 師师 尋寻
"""
_ALIKE = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}
_FILLERS = {0x034F, 0x0640, 0x115F, 0x1160, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10)}


@dataclass(frozen=True)
class Folded:
    """A folded text; character i of `text` came from original code points starts[i] to ends[i]."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original text of the folded characters START to END (not empty)."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """Fold TEXT: full width, case and traditional characters made alike, invisible characters dropped."""
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        for letter in folded(text[start:end]):
            letters.append(letter)
            starts.append(start)
            ends.append(end)
    return Folded("".join(letters), tuple(starts), tuple(ends))


def folded(text: str) -> str:
    """The folded form of TEXT alone, for words whose place does not matter."""
    seen = "".join(letter for letter in text if not _invisible(letter))
    once = unicodedata.normalize("NFKC", seen).casefold()
    return unicodedata.normalize("NFKC", once).translate(_ALIKE)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """The places of each visible character together with the combining marks that follow it."""
    start = end = 0
    for at, letter in enumerate(text):
        if _invisible(letter):
            continue
        if end > start and not unicodedata.combining(letter):
            yield start, end
            start = at
        elif end == start:
            start = at
        end = at + 1
    if end > start:
        yield start, end


def _invisible(letter: str) -> bool:
    return ord(letter) in _FILLERS or unicodedata.category(letter) == "Cf"
