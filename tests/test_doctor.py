"""The doctor: what is missing, what should be better, what cannot be known; and how to mend each."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.proof import proof
from crawler.guard import open_way
from desk.doctor import folder, here, network
from desk.doctor.finding import Finding, State
from desk.workspaces import make
from tests.conftest import Ran, Wildfree
from tests.site import Site, opened

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def found(ran: Ran) -> dict[str, dict[str, str]]:
    return {each["what"]: each for each in ran.objects}


@pytest.fixture
def site() -> Iterator[Site]:
    with opened() as site:
        yield site


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is no workspace, to stand in."""
    monkeypatch.delenv("WILDFREE_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_on_this_machine_nothing_is_missing_with_or_without_a_workspace(
    wildfree: Wildfree, beside: Path, tmp_path: Path
) -> None:
    bare = wildfree("doctor", "--json")
    assert bare.code == 0
    assert {"python", "browser", "sandbox", "printer", "clock", "mirrors"} <= set(found(bare))
    assert "workspace" not in found(bare)
    make(tmp_path / "w", "practice")
    whole = found(wildfree("doctor", "--json", "-w", tmp_path / "w"))
    assert {"workspace", "disk", "synced", "network folder", "encryption", "private"} <= set(whole)
    assert whole["private"]["state"] == "ok"
    assert whole["browser"]["state"] == whole["printer"]["state"] == "ok"


def test_a_sealing_key_that_is_gone_or_another_is_said_and_what_waits_for_it(
    wildfree: Wildfree, tmp_path: Path
) -> None:
    folder = tmp_path / "w"
    make(folder, "practice")
    first = found(wildfree("doctor", "--json", "-w", folder))
    assert first["sealing key"]["state"] == "ok"
    assert "seal in your name" in first["sealing key"]["found"]
    assert first["unsealed"]["state"] == "warn", "that it was made is an entry, too"
    assert first["unsealed"]["found"].startswith("since 20")
    (folder / "keys" / "sealing.key").rename(tmp_path / "elsewhere")
    ran = wildfree("doctor", "--json", "-w", folder)
    assert ran.code == 6
    assert found(ran)["sealing key"]["state"] == "missing"
    make(tmp_path / "other", "practice")
    (tmp_path / "other" / "keys" / "sealing.key").rename(folder / "keys" / "sealing.key")
    assert found(wildfree("doctor", "--json", "-w", folder))["sealing key"]["state"] == "warn"
    (folder / "keys" / "sealing.key").write_text("PRIVATE+KEY+x")
    broken = found(wildfree("doctor", "--json", "-w", folder))["sealing key"]
    assert (broken["state"], "Put back" in broken["found"]) == ("missing", True)


def test_whoever_lacks_a_browser_is_told_and_the_exit_code_says_so(
    wildfree: Wildfree, beside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WILDFREE_CHROMIUM", "/no/such/browser")
    ran = wildfree("doctor", "--json")
    assert ran.code == 6
    assert found(ran)["browser"]["state"] == "missing"
    assert "WILDFREE_CHROMIUM" in found(ran)["browser"]["mend"]


def test_a_browser_that_says_its_version_and_draws_nothing_is_missing(
    wildfree: Wildfree, beside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = beside / "stub"
    stub.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Chromium 150.0.1.2 || { echo no display; exit 1; }\n')
    stub.chmod(0o755)
    monkeypatch.setenv("WILDFREE_CHROMIUM", str(stub))
    ran = wildfree("doctor", "--json")
    assert ran.code == 6
    assert "does not start: no display" in found(ran)["browser"]["found"]


def test_a_mirror_that_is_set_is_named(wildfree: Wildfree, beside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mirror.example/simple")
    assert "UV_DEFAULT_INDEX=https://mirror.example/simple" in found(wildfree("doctor", "--json"))["mirrors"]["found"]


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (NOW, State.UNKNOWN),
        (datetime(1970, 1, 1, tzinfo=UTC), State.MISSING),
        (NOW.replace(year=2100), State.MISSING),
    ],
)
def test_a_clock_that_cannot_be_true_is_missing_and_any_other_is_unknown(now: datetime, state: State) -> None:
    assert here.clock(now, NOW - timedelta(days=1)).state is state


@pytest.mark.parametrize(
    ("free", "state"), [(50e9, State.OK), (5e9, State.WARN), (1e9, State.MISSING), (0, State.MISSING)]
)
def test_room_on_the_disk_is_weighed(free: float, state: State) -> None:
    assert folder.room(int(free)).state is state


@pytest.mark.parametrize("name", ["OneDrive - Verein", "Dropbox", "我的坚果云", "BaiduSyncdisk", "WPS Cloud Files"])
def test_a_workspace_in_a_synced_folder_is_seen(tmp_path: Path, name: str) -> None:
    assert folder.synced(tmp_path / name / "wildlife" / "w").state is State.WARN


def test_a_mark_of_a_sync_program_is_seen_whatever_the_folder_is_called(tmp_path: Path) -> None:
    workspace = tmp_path / "docs" / "w"
    workspace.mkdir(parents=True)
    assert folder.synced(workspace).state is State.OK
    (tmp_path / "docs" / ".stfolder").mkdir()
    assert folder.synced(workspace).state is State.WARN


def test_the_disk_of_a_folder_is_the_nearest_one_mounted_above_it() -> None:
    disks = [("/", "/dev/a", "ext4"), ("/home", "/dev/b", "btrfs"), ("/home/li/far", "server:/x", "nfs4")]
    assert folder.disk_of(Path("/home/li/w"), disks) == ("/dev/b", "btrfs")
    assert folder.disk_of(Path("/homely"), disks) == ("/dev/a", "ext4")
    assert folder.far(Path("/home/li/far/w"), *folder.disk_of(Path("/home/li/far/w"), disks)).state is State.WARN
    assert folder.far(Path("/home/li/w"), "/dev/b", "btrfs").state is State.OK
    assert folder.far(Path("/x"), "", "").state is State.UNKNOWN


def test_a_disk_is_encrypted_if_any_layer_under_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "SYSFS", tmp_path)
    for name, uuid in (("dm-1", "LVM-x"), ("dm-0", "CRYPT-LUKS2-x"), ("sda1", "")):
        (tmp_path / name / "slaves").mkdir(parents=True)
        if uuid:
            (tmp_path / name / "dm").mkdir()
            (tmp_path / name / "dm" / "uuid").write_text(uuid)
    (tmp_path / "dm-1" / "slaves" / "dm-0").mkdir()
    assert folder.encrypted("/dev/dm-1").state is State.OK
    assert folder.encrypted("/dev/sda1").state is State.WARN
    assert folder.encrypted("overlay").state is State.UNKNOWN


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="rights of files are told otherwise here")
def test_a_folder_that_others_can_look_into_is_seen(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert folder.private(tmp_path).state is State.WARN
    tmp_path.chmod(0o700)
    assert folder.private(tmp_path).state is State.OK


def test_a_narrow_terminal_breaks_no_word(
    wildfree: Wildfree, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = found(wildfree("doctor", "--json"))
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "50")
    ran = wildfree("doctor")
    words = set(ran.out.split())
    for each in said.values():
        if each["what"] != "clock":  # it goes on
            assert {*each["found"].split()} <= words, each
    mends = [each["mend"] for each in said.values() if each["mend"]]
    assert mends
    assert all(f"    mend: {mend}\n" in ran.out for mend in mends), "on one line, to be copied"
    long = [text for text in ran.out.splitlines() if "mend: " not in text and len(text) > 50]
    assert all(len(text.split()) <= 2 for text in long), long


# Who answers


def test_each_platform_of_the_workspace_is_asked_once_and_politely(
    wildfree: Wildfree, workspace: Path, site: Site
) -> None:
    own = workspace / "config"
    own.mkdir(exist_ok=True)
    (own / "proof.toml").write_text(
        f'read_on = 2026-11-21\n[[authorities]]\nname = "Ours"\nurl = "{site.base}/tsr"\nsource = "test"\n', "utf-8"
    )
    with (workspace / "wildfree.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[bases]\nmarket = "{site.base}"\noscar = "http://127.0.0.1:9"\nweixin = "http://127.0.0.1:9"\n'
        )
    ran = wildfree("doctor", "--network", "--json")
    said = found(ran)
    assert said["platform market"]["state"] == "ok"
    assert said["platform market"]["found"].startswith("127.0.0.1 answered 404")
    assert said["authority Ours"]["state"] == "ok"
    assert said["platform oscar"]["state"] == "warn"
    assert "refused by 127.0.0.1:9" in said["platform oscar"]["found"]
    assert site.asked() == ["/robots.txt"] * 2
    assert {asked.agent.split("/")[0] for asked in site.log} == {"wildfree"}
    assert ran.code == 0


def test_an_address_that_is_not_public_is_not_asked(site: Site) -> None:
    with open_way() as way:
        told = network.asked(way, "platform x", site.base)
    assert told.status is None
    assert "guard" in told.why
    assert site.log == []


def seconds(*off: float) -> Finding:
    return network.clock([timedelta(seconds=each) for each in off])


def test_the_clock_is_held_against_the_middle_of_what_others_tell() -> None:
    assert seconds(0.3, -0.4, 1).state is State.OK
    assert seconds(0.3, -0.4, 86400).state is State.OK, "one of them is wrong, not we"
    assert seconds(30, 31, 29).state is State.WARN
    assert seconds(3600, 3601, 0).state is State.MISSING
    assert seconds().state is State.UNKNOWN
    assert seconds(30, 31, 29).found.startswith("-30.0 s"), "we are behind"


def test_every_witness_that_is_shipped_is_named_with_its_source() -> None:
    shipped = proof()
    assert len(shipped.authorities) >= 2
    assert len(shipped.calendars) >= 2
    for each in (*shipped.authorities, *shipped.calendars):
        assert each.url.startswith(("https://", "http://"))
        assert each.source.startswith("https://")
