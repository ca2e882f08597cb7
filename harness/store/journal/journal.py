"""Crash-safe journals: one file a process, one checksummed JSON line a row.

What `add` has written outlives the process, however it ends. It outlives a power cut, too, but for rows added with
`at_once=False` in the `SYNC_SECONDS` before the last call of `add`, however long ago that was.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Self

from pydantic_core import to_json

from harness.errors import StoreError
from harness.store.journal.values import plain_row

CLOSED = "closed"
"""What stands for the table in the last line of a journal whose process has finished with it."""
FACTS = "facts"
"""What stands for the run in the journals of rows that belong to none."""
SYNC_SECONDS = 1.0
"""How far apart rows may be written that one sync is for: an fsync a row would cost more than many a row itself."""
_RUN_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,99}", re.ASCII)
_BLOCK = 1_000
_HEAD, _ROW, _CHECKSUM = b'{"t":"', b'","r":', b',"c":"'


class Line(NamedTuple):
    """A line that ends: its file, its table, its row as JSON, where in the file it ends; or why it is none of ours."""

    file: Path
    table: str
    row: str
    end: int
    damage: str = ""


def is_run_id(run: str) -> bool:
    """Whether it can name a folder or a file that lies where it is put, on any system."""
    return _RUN_ID.fullmatch(run) is not None


def run_folder(folder: Path, run: str) -> Path:
    """The run's own folder in `folder`; StoreError for an id, such as `../x`, that leads elsewhere."""
    if not is_run_id(run):
        raise StoreError(f"run {run!r}: must be usable as the name of a folder: letters, digits, '.', '_' and '-'")
    return folder / run


class Journal:
    """Rows of one run, written by one process to a file of its own, which is made with the first row."""

    def __init__(self, journals: Path, run: str) -> None:
        self._folder = run_folder(journals, run)
        self._file: Path | None = None
        self._descriptor: int | None = None
        self._synced = 0.0
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def add(self, table: str, rows: Iterable[Mapping[str, Any]], *, at_once: bool = True) -> None:
        """Write the rows, a thousand at a time; raises StoreError, and writes no more, where one does not fit.

        They are on the disk when it returns. `at_once` False leaves that to the first call that comes `SYNC_SECONDS` or
        more after the last one that synced, or is `at_once`, or to `close`.
        """
        lines = (encode(table, plain_row(table, row)) for row in rows)
        while block := b"".join(islice(lines, _BLOCK)):
            self._write(block)
        self._sync(at_once)

    def close(self) -> None:
        """Mark the file as finished: once it is ingested it may go. Rows added later start another file."""
        if self._descriptor is not None:
            self._write(encode(CLOSED, {}))
            self._sync(at_once=True)
            self._end()

    def _write(self, block: bytes) -> None:
        with self._guarded():
            if self._descriptor is None:
                self._file, self._descriptor = _create(self._folder)
            left = memoryview(block)
            while left:
                left = left[os.write(self._descriptor, left) :]

    def _sync(self, at_once: bool) -> None:
        with self._guarded():
            if self._descriptor is not None and (at_once or time.monotonic() - self._synced >= SYNC_SECONDS):
                os.fsync(self._descriptor)
                self._refuse_deleted()
                self._synced = time.monotonic()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """One thread at a time; what the disk refuses is a StoreError."""
        with self._turn:
            try:
                yield
            except OSError as error:
                # a line may be cut now, and nothing behind it would be read: what follows goes to another file
                self._end()
                raise StoreError(f"{self._folder}: cannot write: {error.strerror or error}") from error

    def _refuse_deleted(self) -> None:
        """StoreError where the file of a run, which nobody removes while the run is at work, is not there any more."""
        if self._file is not None and self._folder.name != FACTS and not self._file.exists():
            home = self._folder.parent.parent
            said = f"{home}: was deleted or moved in the middle of the run, and what it had stored there is lost"
            raise StoreError(f"{said}; give the command again")

    def _end(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def encode(table: str, row: Mapping[str, Any]) -> bytes:
    """The row as a line of valid UTF-8; lone surrogates, which have no UTF-8, are replaced by U+FFFD."""
    try:
        content = to_json(row, inf_nan_mode="null")  # a quarter of the time of `json.dumps`
    except ValueError:  # what is very deep, or no UTF-8
        text = json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        content = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    body = _HEAD + table.encode() + _ROW + content
    return body + _CHECKSUM + _checksum(body) + b'"}\n'


def read_lines(file: Path, offset: int) -> Iterator[Line]:
    """The lines from `offset` on, damaged ones too, up to one that is cut; none of a file that is gone."""
    try:
        opened = file.open("rb")
    except FileNotFoundError:
        return
    with opened:
        opened.seek(offset)
        for raw in opened:
            if not raw.endswith(b"\n"):
                return
            offset += len(raw)
            yield _line(file, raw, offset)


def place_of(line: Line) -> tuple[int, bytes]:
    """The number of the line in its file, and its bytes."""
    with line.file.open("rb") as opened:
        lines = opened.read(line.end).split(b"\n")
    return len(lines) - 1, lines[-2] + b"\n"


def _line(file: Path, raw: bytes, end: int) -> Line:
    body, _, rest = raw.rpartition(_CHECKSUM)
    if rest != _checksum(body) + b'"}\n':
        return Line(file, "", "", end, "is damaged")
    table, _, row = body.removeprefix(_HEAD).partition(_ROW)
    try:
        return Line(file, table.decode(), row.decode(), end)
    except UnicodeDecodeError:
        return Line(file, "", "", end, "is no UTF-8")


def journal_files(journals: Path) -> list[Path]:
    """Every journal there is, in a fixed order."""
    return sorted(file for folder in _entries(journals) for file in _entries(folder) if file.suffix == ".jsonl")


def remove(file: Path) -> None:
    """Delete a journal, and its run's folder with the last one."""
    file.unlink(missing_ok=True)
    try:
        file.parent.rmdir()
    except OSError:
        return  # another process still writes there


def _entries(folder: Path) -> list[Path]:
    """What is in the folder; nothing where it is none, or another process has just removed it: `glob` would raise."""
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _create(folder: Path) -> tuple[Path, int]:
    name = f"{os.getpid()}-{secrets.token_hex(4)}.jsonl"
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return folder / name, os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o666)
        except FileNotFoundError:
            continue  # an ingest has just removed the empty folder


def _checksum(body: bytes) -> bytes:
    return b"%08x" % zlib.crc32(body)
