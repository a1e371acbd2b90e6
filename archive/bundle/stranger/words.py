"""What the stranger's check has to say, in English and in Chinese."""

from __future__ import annotations

from typing import Any, NamedTuple

WORDS: dict[str, tuple[str, str]] = {
    "no_bundle": ("is no bundle of wildfree's", "这不是 wildfree 证据包"),
    "unreadable": ("cannot be read: {0}", "无法读取：{0}"),
    "unsafe": ("a name or a kind of file that no bundle holds", "证据包中不应有的文件名或文件类型"),
    "missing": ("is missing", "缺失"),
    "altered": ("is not what the list of files says: it was altered", "与文件清单不符：已被改动"),
    "unlisted": ("is not in the list of files", "不在文件清单中"),
    "junk": ("laid there by a system: no part of the bundle, and passed over",
             "由操作系统自行放入：不属于证据包，已略过"),
    "signature": ("bears no good signature of a key in verifier.keys", "没有 verifier.keys 中任何密钥的有效签名"),
    "unnamed_key": ("holds a key that the ledger does not name", "含有账本未登记的密钥"),
    "not_newest": ("is signed by {0}, which is not the newest key that the ledger names up to there",
                   "由 {0} 签署，而它不是账本到该处为止登记的最新密钥"),
    "history": ("does not lead from the checkpoint of {0} entries to the newest one",
                "无法由 {0} 条记录的检查点推至最新检查点"),
    "origin": ("is of another ledger", "属于另一账本"),
    "inclusion": ("is not proved to be in the ledger of {0} entries", "无法证明其在 {0} 条记录的账本之内"),
    "private": ("is not the file that the entry names", "不是账本记录所指的文件"),
    "exhibit": ("look {0}: the exhibit is missing or was altered", "查看 {0} 号：证据文件缺失或被改动"),
    "manifest": ("look {0}: the manifest does not say what the ledger says: {1}",
                 "查看 {0} 号：清单与账本不符：{1}"),
    "foreign": ("belongs to no look in the ledger", "不属于账本中的任何一次查看"),
    "about": ("does not say what the ledger says: {0}", "与账本不符：{0}"),
    "wacz": ("does not hold what the manifest says: {0}", "与清单内容不符：{0}"),
    "no_look": ("holds no look that the ledger proves", "没有账本可证明的页面记录"),
    "before": ("look {0}: kept before there was a ledger. Not proved since its date; no manifest was made then. The "
               "ledger only shows that it was there when the ledger began",
               "查看 {0} 号：早于账本，不能证明自其日期起即存在；当时没有清单。账本只表明账本启用时它已在"),
    "stamp": ("names the checkpoint of {0} entries. Its signature and its time were not checked here, and nothing of "
              "ours proves the file. To check it: {1}",
              "指向 {0} 条记录的检查点。其签名与时间此处未验证，本包亦不证明该文件。验证方法：{1}"),
    "other_stamp": ("does not name the SHA-256 of the checkpoint of {0} entries: it is none of this bundle's",
                    "未包含 {0} 条记录的检查点的 SHA-256：不属于本证据包"),
    "outside": ("a file said to be of {1}, about the checkpoint of {0} entries: not checked here. Nothing of ours "
                "proves it: ask whoever gave it how to check it",
                "据称为 {1} 所给文件，关于 {0} 条记录的检查点：此处未验证，本包亦不证明该文件；如何验证请问出具者"),
    "no_stamp": ("no time-stamp of an outsider that can be checked came with it: all times are those of the maker's "
                 "own clock",
                 "没有可验证的第三方时间戳：所有时间均为制作者自己的时钟"),
    "look": ("look {0}: {1} answered {2} at {3}; capture {4}; title: {5}",
             "查看 {0} 号：{1} 应答 {2}，时间 {3}；保存 {4}；标题：{5}"),
    "practice": ("PRACTICE: made for training, and evidence of nothing", "演练：仅供训练，不证明任何事实"),
    "holds": ("HOLDS: checkpoint of {0}, {1} entries, root {2}", "成立：账本 {0}，{1} 条记录，根 {2}"),
    "lacks": ("NOT PROVED IN FULL: see above", "未能完全证明：见上"),
    "wrong": ("DOES NOT HOLD: see above; faults: {0}", "不成立：{0} 处错误，见上"),
    "proves": ("It proves: whoever holds the key {0} wrote down these looks, these bytes and these times, and "
               "nothing of them was changed since that checkpoint was signed.",
               "可证明：持有密钥 {0} 的一方记录了这些查看、这些字节与时间，且自该检查点签署后未被改动。"),
    "proves_not": ("It does not prove: that the page was true; that these are all the looks; who the seller is; who "
                   "holds the key (ask them for it by another way); a time earlier than an outsider's time-stamp "
                   "shows; the record sheets and README.txt, which only tell the same in print and are not signed; "
                   "or that no time-stamp was left out.",
                   "不能证明：页面内容属实；这些即全部查看；卖家身份；密钥归谁所有（请另行向对方核对）；早于第三方时间戳的"
                   "时间；记录单与 README.txt（仅为同一内容的打印件，未签名）；"
                   "未遗漏任何时间戳。"),
    "program": ("Nor does this program prove itself, SHA-256 {0}: compare it, too.",
                "本程序亦不证明自身，SHA-256 {0}：请一并核对。"),
    "usage": ("python3 verify.py [--en|--zh] [BUNDLE]    BUNDLE: the folder or its zip; none: the folder this file "
              "stands in",
              "python3 verify.py [--en|--zh] [证据包]    证据包：文件夹或其 zip；不写则为本程序所在文件夹"),
    "nowhere": ("there is no such file or folder", "没有这个文件或文件夹"),
}  # fmt: skip


class Said(NamedTuple):
    """One thing that was found, in no language yet."""

    where: str
    what: str  # a key of WORDS
    facts: tuple[Any, ...] = ()

    def told(self, language: str) -> str:
        """It in en or zh, on one line that steers no terminal."""
        text = WORDS[self.what][language == "zh"].format(*self.facts)
        line = f"{self.where}: {text}" if self.where else text
        return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in line)


class Findings:
    """What came of checking one bundle."""

    def __init__(self) -> None:
        self.faults: list[Said] = []  # what is wrong
        self.lacks: list[Said] = []  # what the proof needs and is not there
        self.notes: list[Said] = []  # what was not checked, and why
        self.looks: list[Said] = []
        self.manifests: list[dict[str, Any]] = []  # of the looks, as far as they could be read
        self.head: tuple[Any, ...] = ()  # name, entries and root of the newest checkpoint; (): none holds
        self.key = ""  # that signed the newest checkpoint: NAME+HASH+KEY
        self.named: list[tuple[int, str]] = []  # by which entry the ledger names which key; in order
        self.signers: dict[int, list[str]] = {}  # entries of a checkpoint -> the keys that signed it
        self.roots: dict[int, str] = {}  # entries of every checkpoint so far -> its root
        self.practice = False
        self.facts: dict[str, Any] = {}  # what bundle.json says it is about

    def fault(self, where: str, what: str, *facts: Any) -> None:
        """Note what is wrong."""
        self.faults.append(Said(where, what, facts))

    def lack(self, where: str, what: str, *facts: Any) -> None:
        """Note what the proof lacks."""
        self.lacks.append(Said(where, what, facts))

    def note(self, where: str, what: str, *facts: Any) -> None:
        """Note what was not checked."""
        self.notes.append(Said(where, what, facts))

    def look(self, *facts: Any) -> None:
        """Note a look, and what the ledger says of it."""
        self.looks.append(Said("", "look", facts))

    @property
    def code(self) -> int:
        """The exit code."""
        if [each.what for each in self.faults] == ["no_bundle"]:
            return 2
        return 1 if self.faults else 3 if self.lacks else 0
