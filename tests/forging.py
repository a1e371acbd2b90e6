"""Forges a page in an archive as its own custodian could: every hash, leaf, node, signature and segment made anew."""

import json
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.ledger import Tree, leaf_hash
from archive.note import Checkpoint, signed
from archive.vault import DATABASE, EVIDENCE


def forge(workspace: Path, origin: str, key: Ed25519PrivateKey, *, old: bytes, new: bytes) -> None:
    """Let every exhibit and manifest of WORKSPACE that holds OLD hold NEW (as long), and leave no trace of it."""
    assert len(old) == len(new)
    replaced = _files(workspace / EVIDENCE, old, new)
    with closing(sqlite3.connect(workspace / DATABASE)) as plain:
        for table, column in (("exhibit", "sha256"), ("visit_exhibit", "sha256")):
            for was, now in replaced.items():
                plain.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (now, was))
        plain.execute("UPDATE visit SET title = replace(title, ?, ?)", (old.decode(), new.decode()))
        bodies = _entries(plain, replaced)
        sizes = [size for (size,) in plain.execute("SELECT size FROM seal ORDER BY size")]
        for size, note in _sealed(workspace / EVIDENCE / "ledger", bodies, sizes, origin, key).items():
            plain.execute("UPDATE seal SET note = ? WHERE size = ?", (note, size))
        plain.commit()


def _files(store: Path, old: bytes, new: bytes) -> dict[str, str]:
    """Write the pages anew, then the manifests that name them; answers the new SHA-256 of each."""
    replaced = {}
    for path in [path for path in store.glob("??/*") if old in path.read_bytes()]:
        replaced[path.name] = _moved(store, path, path.read_bytes().replace(old, new))
    for path in list(store.glob("??/*")):
        body = path.read_bytes()
        changed = body
        for was, now in replaced.items():
            changed = changed.replace(was.encode(), now.encode())
        if changed != body:
            replaced[path.name] = _moved(store, path, rfc8785.dumps(json.loads(changed)))
    assert len(replaced) >= 2, "there was nothing to forge"
    return replaced


def _moved(store: Path, path: Path, body: bytes) -> str:
    name = sha256(body).hexdigest()
    place = store / name[:2] / name
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(body)
    path.unlink()
    return name


def _entries(plain: sqlite3.Connection, replaced: dict[str, str]) -> list[str]:
    """Write bodies, leaves and nodes anew."""
    plain.execute("DELETE FROM node")
    tree, bodies = Tree(), []
    for index, was_said in plain.execute('SELECT "index", body FROM entry ORDER BY "index"').fetchall():
        body = was_said
        for was, now in replaced.items():
            body = body.replace(was, now)
        leaf = leaf_hash(body.encode())
        private = json.loads(body).get("private")
        told = (body, leaf.hex(), private, index)
        plain.execute('UPDATE entry SET body = ?, leaf = ?, private = ? WHERE "index" = ?', told)
        for level, position, made in tree.grow(leaf):
            plain.execute("INSERT INTO node VALUES (?, ?, ?)", (level, position, made.hex()))
        bodies.append(body)
    return bodies


def _sealed(papers: Path, bodies: list[str], sizes: list[int], origin: str, key: Ed25519PrivateKey) -> dict[int, str]:
    """Sign every checkpoint anew, and write every segment anew."""
    notes, begun = {}, 0
    for size in sizes:
        tree = Tree()
        for body in bodies[:size]:
            tree.grow(leaf_hash(body.encode()))
        notes[size] = signed(Checkpoint(origin, size, tree.root), key)
        (papers / f"checkpoint-{size:012}.note").write_text(notes[size], "utf-8")
        segment = "".join(f"{body}\n" for body in bodies[begun:size])
        (papers / f"segment-{begun:012}-{size:012}.jsonl").write_text(segment, "utf-8")
        begun = size
    return notes
