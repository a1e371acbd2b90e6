"""Where the sealing key lies: in the user's keyring where there is one, else in a file for its owner alone."""

import stat
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from archive import key
from config.errors import MachineError, UsageError, WorkspaceError
from tests.conftest import Wildfree


class Wallet(KeyringBackend):
    """A keyring as the library's backends are, kept in memory; it can be locked, and lose what it is given."""

    priority = 5

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}
        self.locked = self.forgetful = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringLocked
        if not self.forgetful:
            self.held[service, username] = password


@pytest.fixture
def wallet() -> Iterator[Wallet]:
    before, mine = keyring.get_keyring(), Wallet()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)


def a_new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "keys").iterdir())


def test_a_real_workspaces_key_goes_to_the_keyring_and_stands_in_no_file(wallet: Wallet, tmp_path: Path) -> None:
    made = key.made(tmp_path, "real")
    assert files(tmp_path) == ["sealing.keyring"]
    (written,) = wallet.held.values()
    assert written.startswith("PRIVATE+KEY+")
    secret = written.split("+", 4)[4]
    assert len(secret) == 44
    assert secret not in (tmp_path / "keys" / "sealing.keyring").read_text()
    again = key.found(tmp_path)
    assert again is not None
    assert (again.verifier, again.where) == (made.verifier, "the keyring")
    assert again.key.private_bytes_raw() == made.key.private_bytes_raw()
    assert key.made(tmp_path, "real").verifier == made.verifier


def test_a_practice_key_and_one_that_no_keyring_keeps_stand_in_a_file(wallet: Wallet, tmp_path: Path) -> None:
    key.made(a_new(tmp_path / "practice"), "practice")
    wallet.forgetful = True
    key.made(a_new(tmp_path / "lost"), "real")
    wallet.locked = True
    key.made(a_new(tmp_path / "locked"), "real")
    for each in ("practice", "lost", "locked"):
        assert files(tmp_path / each) == ["sealing.key"]
    assert wallet.held == {}


def test_a_locked_keyring_is_a_key_that_is_away_and_another_key_in_it_is_a_fault(
    wallet: Wallet, tmp_path: Path
) -> None:
    key.made(a_new(tmp_path / "one"), "real")
    wallet.locked = True
    assert key.found(tmp_path / "one") is None
    wallet.locked = False
    key.made(a_new(tmp_path / "two"), "real")
    (first, second) = wallet.held
    wallet.held[first] = wallet.held[second]
    with pytest.raises(WorkspaceError, match=r"not the key that .* names"):
        key.found(tmp_path / "one")
    (tmp_path / "one" / "keys" / "sealing.keyring").write_text("nothing")
    with pytest.raises(WorkspaceError, match="names no sealing key"):
        key.found(tmp_path / "one")


def test_the_command_copies_the_key_for_its_owner_alone_and_hands_it_over(
    wallet: Wallet, workspace: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    was = key.found(workspace)
    assert was is not None
    assert f"kept in {workspace / key.FILE}" in wildfree("key").out
    assert wildfree("key", "--copy", tmp_path / "copy").code == 0
    assert (tmp_path / "copy").read_text() == (workspace / key.FILE).read_text()
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    assert wildfree("key", "--copy", tmp_path / "copy").code == UsageError.exit_code
    wallet.locked = True
    assert wildfree("key", "--keyring").code == MachineError.exit_code
    assert (workspace / key.FILE).exists()
    wallet.locked = False
    assert wildfree("key", "--keyring").code == 0
    assert files(workspace) == ["sealing.keyring"]
    now = key.found(workspace)
    assert now is not None
    assert now.verifier == was.verifier
    assert wildfree("key", "--keyring").code == UsageError.exit_code
    assert wildfree("doctor").out.count("the keyring") == 1
    wallet.locked = True
    assert wildfree("key").code == WorkspaceError.exit_code
