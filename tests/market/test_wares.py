"""The practice market sells what a volunteer must learn to tell apart."""

from desk.practice.wares import Label, Ware
from tests.market.visitor import WARES


def test_the_wares_hold_what_a_volunteer_must_tell_apart() -> None:
    by_label: dict[Label, list[Ware]] = {label: [] for label in Label}
    for ware in WARES.values():
        by_label[ware.label].append(ware)
    assert len(WARES) >= 60
    assert len(by_label[Label.SUSPECT]) >= 20
    assert {ware.late for ware in by_label[Label.SUSPECT]} == {True, False}
    assert [ware.title for ware in by_label[Label.SUSPECT] if not ware.species and "捕鸟网" not in ware.title] == []
    decoys = " ".join(ware.title for ware in by_label[Label.DECOY])
    for word in ("象牙白", "虎牙直播", "豹纹", "玳瑁猫", "Rhino 8", "turtleneck", "麝香葡萄"):
        assert word in decoys
