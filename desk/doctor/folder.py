"""Where a workspace lies: how much room there is, whether its disk is encrypted, synced, or another machine's."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from config.program import run
from config.system import rights
from desk.doctor.finding import Finding, missing, ok, unknown, warn

GIGABYTE = 10**9
LEAST, ENOUGH = 2, 10  # gigabytes
ANSWER = 20.0  # s
# Folders that a program copies to other machines, as their makers name them; a part of a path that begins so.
SYNCED = (
    *("onedrive", "dropbox", "google drive", "googledrive", "my drive", "icloud", "mobile documents", "cloudstorage"),
    *(
        "nutstore",
        "坚果云",
        "我的坚果云",
        "baidusync",
        "baidunetdisk",
        "百度网盘",
        "百度云同步盘",
        "wps cloud",
        "wpsdrive",
    ),
    *("nextcloud", "owncloud", "mega", "pcloud", "syncthing", "seafile", "yandex.disk"),
)
MARKS = (".stfolder", ".dropbox", ".dropbox.cache", ".sync", ".nutstore", ".owncloudsync.log")  # in a synced folder
FAR = ("nfs", "cifs", "smb", "sshfs", "afpfs", "webdav", "davfs", "9p", "ceph", "gluster", "fuse.sshfs", "ncpfs")
SYSFS = Path("/sys/class/block")


def findings(folder: Path) -> Iterator[Finding]:
    """Each thing that matters of the disk and the place of FOLDER, which is there."""
    yield room(shutil.disk_usage(folder).free)
    yield synced(folder)
    disk = disk_of(folder, [(each.mountpoint, each.device, each.fstype) for each in psutil.disk_partitions(all=True)])
    yield far(folder, *disk)
    yield encrypted(disk[0])
    yield private(folder)


def room(free: int) -> Finding:
    """Whether FREE bytes are enough for a while: a captured page takes 1 to 3 MB."""
    found = f"{free / GIGABYTE:.1f} GB free"
    if free >= ENOUGH * GIGABYTE:
        return ok("disk", found)
    make = warn if free >= LEAST * GIGABYTE else missing
    return make("disk", found, f"make room: at least {LEAST} GB, better {ENOUGH} GB")


def synced(folder: Path) -> Finding:
    """Whether FOLDER lies where a program copies everything elsewhere: that breaks a database, and tells others."""
    for place in (folder, *folder.parents):
        named = next((name for name in SYNCED if place.name.casefold().startswith(name)), "")
        marked = next((mark for mark in MARKS if (place / mark).exists()), "")
        if named or marked:
            found = f"{place} looks like a synced folder ({marked or place.name})"
            return warn("synced", found, "move the workspace to a folder that is not synced")
    return ok("synced", "no sign of a synced folder")


def disk_of(folder: Path, disks: Sequence[tuple[str, str, str]]) -> tuple[str, str]:
    """The device and the kind of file system that FOLDER lies on, of DISKS (where mounted, device, kind)."""
    inside = [(at, device, kind) for at, device, kind in disks if folder.is_relative_to(at)]
    if not inside:
        return "", ""
    _, device, kind = max(inside, key=lambda disk: len(disk[0]))
    return device, kind


def far(folder: Path, device: str, kind: str) -> Finding:
    """Whether FOLDER lies on another machine, where two of us could write at once and a lock may not hold."""
    if kind.casefold().startswith(FAR) or str(folder).startswith("\\\\"):
        found = f"{folder} lies on another machine ({kind or 'network'})"
        return warn("network folder", found, "move the workspace to a disk of this machine")
    if not kind:
        return unknown("network folder", "this system does not say which disk it is")
    return ok("network folder", f"no: {kind} on {device}")


def encrypted(device: str) -> Finding:
    """Whether whoever steals the disk can read it."""
    what, turn_on = "encryption", "encrypt the disk: BitLocker, FileVault, or LUKS when the system is installed"
    if (SYSFS / Path(device).resolve().name).exists():
        sealed = any(kind.startswith("CRYPT-") for kind in _layers(Path(device).resolve().name))
        return ok(what, f"{device} is encrypted") if sealed else warn(what, f"{device} is not encrypted", turn_on)
    if shutil.which("fdesetup"):
        well, said = run(["fdesetup", "status"], limit=ANSWER)
        if well:
            return ok(what, said.strip()) if "is On" in said else warn(what, said.strip(), turn_on)
    if shutil.which("manage-bde"):
        well, said = run(["manage-bde", "-status", device.rstrip("\\")], limit=ANSWER)
        if well:
            return ok(what, "BitLocker is on") if "100" in said else warn(what, "BitLocker is not on", turn_on)
        return unknown(
            what, "only an administrator can ask", f"in an administrator's window: manage-bde -status {device}"
        )
    return unknown(what, f"{device or 'this disk'} does not say", turn_on)


def _layers(name: str) -> Iterator[str]:
    """What the block device NAME and those under it are, as the device mapper says."""
    mapped = SYSFS / name / "dm" / "uuid"
    if mapped.exists():
        yield mapped.read_text("utf-8")
    for below in sorted((SYSFS / name / "slaves").glob("*")):
        yield from _layers(below.name)


def private(folder: Path) -> Finding:
    """Whether other users of this machine can look into FOLDER. Windows goes by the folder's place instead."""
    mode = rights(folder)
    if mode is None:
        return unknown("private", "keep it in your own user folder")
    if mode & 0o077:
        return warn("private", f"others can look in ({mode:o})", f"chmod 700 {folder}")
    return ok("private", "only its owner can look in")
