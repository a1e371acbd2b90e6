"""The ledger's sealing key: made once, kept where only its owner reaches it.

It is written as Go's signed notes write theirs: PRIVATE+KEY+NAME+HASH+KEY. It is looked for in the environment, among
the system's credentials (systemd), in the user's keyring, and in the workspace's own folder, in this order.
"""

import binascii
import os
import secrets
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive import secret
from archive.note import ED25519, Verifier, verifier
from config.errors import MachineError, WorkspaceError, why
from config.system import give_name, make_private, sync, sync_folder

ENVIRONMENT = "WILDFREE_SEALING_KEY"
CREDENTIALS = "CREDENTIALS_DIRECTORY"  # systemd's
CREDENTIAL = "wildfree-sealing-key"
FILE = Path("keys") / "sealing.key"
IN_KEYRING = Path("keys") / "sealing.keyring"  # names the key that the keyring holds: its public half
SERVICE = "wildfree sealing key"
HEAD = "PRIVATE+KEY+"


@dataclass(frozen=True)
class SealingKey:
    """A private key, and the name of the ledger that it seals."""

    name: str
    key: Ed25519PrivateKey
    where: str  # it was found

    @property
    def verifier(self) -> Verifier:
        """Its public half."""
        return verifier(self.name, self.key)


def found(workspace: Path) -> SealingKey | None:
    """The key that seals the ledger of WORKSPACE; None where it is locked away, or was never made."""
    if written := os.environ.get(ENVIRONMENT):
        return _read(written, ENVIRONMENT)
    if CREDENTIALS in os.environ and (text := _text(Path(os.environ[CREDENTIALS]) / CREDENTIAL)):
        return _read(text, str(Path(os.environ[CREDENTIALS]) / CREDENTIAL))
    if text := _text(workspace / IN_KEYRING):
        return _in_keyring(text, workspace / IN_KEYRING)
    text = _text(workspace / FILE)
    return None if text is None else _read(text, str(workspace / FILE))


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise WorkspaceError(f"{path}: the sealing key cannot be read: {why(problem)}") from None


def _in_keyring(named: str, path: Path) -> SealingKey | None:
    """The key that PATH NAMED, if the keyring is unlocked and holds it."""
    try:
        wanted = Verifier.read(named.strip())
    except ValueError:
        raise WorkspaceError(f"{path}: names no sealing key. Put back your copy of it, or of {FILE}") from None
    written = secret.kept(SERVICE, wanted.name)
    found = _read(written, "the keyring") if written else None
    if found and found.verifier != wanted:
        raise WorkspaceError(
            f"the keyring: '{wanted.name}' is not the key that {path} names. Put back your copy of it"
        )
    return found


def made(workspace: Path, kind: str) -> SealingKey:
    """The key of WORKSPACE, made now if there is none; its ledger's name says what KIND of workspace it is."""
    there = found(workspace)
    if there is not None:
        return there
    name = f"wildfree-{kind}-{secrets.token_hex(6)}"
    key = Ed25519PrivateKey.generate()
    path = workspace / FILE
    new = SealingKey(name, key, str(path))
    if kind == "practice" or not keep_in_keyring(workspace, new):
        write(path, new)
    return found(workspace) or new  # that of another process, if it was quicker


def keep_in_keyring(workspace: Path, key: SealingKey) -> bool:
    """Give KEY to the user's keyring, and note in WORKSPACE that it lies there; False where there is none."""
    if not secret.keep(SERVICE, key.name, _written(key)):
        return False
    _write(workspace / IN_KEYRING, f"{key.verifier}\n")
    return True


def write(path: Path, key: SealingKey) -> None:
    """Write KEY to PATH, for its owner alone, whole and safely; a file that is there stays."""
    _write(path, f"{_written(key)}\n")


def _written(key: SealingKey) -> str:
    coded = b64encode(ED25519 + key.key.private_bytes_raw()).decode()
    return f"{HEAD}{key.name}+{key.verifier.id.hex()}+{coded}"


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        draft.touch(mode=0o600)
        make_private(draft)
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            sync(file.fileno())
        with suppress(FileExistsError):
            give_name(draft, path)
        sync_folder(path.parent)
    except OSError as problem:
        raise MachineError(f"{path}: the sealing key cannot be written: {why(problem)}") from None
    finally:
        draft.unlink(missing_ok=True)


def _read(written: str, where: str) -> SealingKey:
    try:
        name, figure, coded = written.strip().removeprefix(HEAD).split("+", 2)
        body = b64decode(coded, validate=True)
        key = Ed25519PrivateKey.from_private_bytes(body[1:])
    except (ValueError, binascii.Error):
        raise WorkspaceError(f"{where}: no sealing key of ours. Put back your copy of it") from None
    if body[:1] != ED25519 or verifier(name, key).id.hex() != figure:
        raise WorkspaceError(f"{where}: the sealing key does not hold together. Put back your copy of it")
    return SealingKey(name, key, where)
