"""The user's cache: converted models and file hashes. Deleting it costs time, nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from harness.documents.regular_files import file_hash
from harness.types.hashing import content_hash

SMALL_BYTES = 1 << 20


def cache_folder() -> Path:
    """`$HARNESS_CACHE`, or `~/.cache/finetune-harness`; made where it is missing."""
    named = os.environ.get("HARNESS_CACHE")
    folder = Path(named).expanduser() if named else Path.home() / ".cache" / "finetune-harness"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_json(path: Path, content: Any) -> None:
    """Write `content` so that a reader, or a process killed now, sees the old file or the whole new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(content, indent=1), encoding="utf-8")
    draft.replace(path)


def cached_file_hash(path: Path) -> str:
    """The hash of a file, remembered by path, size and time of change, so that half a gigabyte is read once."""
    state = path.stat()
    if state.st_size < SMALL_BYTES:
        return file_hash(path)
    seen = {"path": str(path.resolve()), "size": state.st_size, "inode": state.st_ino}
    # The time of the last change of the inode cannot be set by hand, as tar and build tools do with the other one.
    seen |= {"mtime_ns": state.st_mtime_ns, "ctime_ns": state.st_ctime_ns}
    note = cache_folder() / "hashes" / f"{content_hash(seen['path'])}.json"
    remembered = _read(note)
    if {**remembered, "hash": None} == {**seen, "hash": None}:
        return str(remembered["hash"])
    digest = file_hash(path)
    note.parent.mkdir(exist_ok=True)
    write_json(note, {**seen, "hash": digest})
    return digest


def _read(note: Path) -> dict[str, Any]:
    try:
        content = json.loads(note.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
