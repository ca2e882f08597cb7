"""The store of a project: journals in, answers out. No connection is open between two calls."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import StoreError
from harness.store.damage import explained
from harness.store.instance import connected
from harness.store.journal.facts import FactJournal
from harness.store.journal.ingest import is_stored, offsets, take_over, transaction
from harness.store.journal.journal import FACTS, is_run_id, journal_files, remove, run_folder
from harness.store.journal.values import not_before, now
from harness.store.lock import StoreBusyError, locked
from harness.store.making import is_missing, make
from harness.store.pruning import RUNS_KEPT, Pruned, compact, owe_room, owes_room, prune
from harness.store.queries.all import Questions
from harness.store.reader import Opened, Reader, attach, is_behind, opened, prepare
from harness.store.repairing import Repaired, repair
from harness.store.rows.listed import RunRow, SizeRow
from harness.store.schema import migrate, refuse_newer, version
from harness.store.sql import selected

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from filelock import BaseFileLock

_CLAIM_SECONDS = 0.2  # longer than anybody holds the lock of a run only to see whether it is held
_QUICK_SECONDS = 0.2  # how long a reader tries to ingest before it reads the journals itself


class Store(Questions):
    """`store.duckdb` and `journal/` in the folder `home`, which is made when something is first written.

    Every question of `Questions` may be asked of it directly; several that belong together are asked of one `reader()`.
    A question waits `wait_seconds` for a writer to finish, then raises a StoreError.
    """

    def __init__(self, home: Path, wait_seconds: float = 60.0) -> None:
        self.home = home
        self.file = home / "store.duckdb"
        self._lock = home / "store.lock"
        self._journals = home / "journal"
        self._wait_seconds = wait_seconds
        self._thread = threading.local()

    def journal(self, run: str) -> FactJournal:
        """A journal of this process for the run; what it has written is safe, and seen by readers at once."""
        return FactJournal(self._journals, run)

    def next_moment(self) -> str:
        """The time, and later than all that is stored, also where the clock was set back since."""
        not_before(self.latest_moment())
        return now()

    @contextmanager
    def facts(self) -> Iterator[FactJournal]:
        """A journal of what belongs to no run, such as a baseline; it is ingested at the end."""
        with self.journal(FACTS) as journal:
            yield journal
        self.ingest()

    def ingest(self, wait_seconds: float = 10.0) -> int:
        """Take journalled rows over into the store; returns how many, 0 where the store is busy and it has to wait."""
        if self._current() is not None or not journal_files(self._journals):
            return 0
        try:
            with self._writing(wait_seconds) as connection:
                return take_over(connection, self._journals)
        except StoreBusyError:
            return 0

    def run_lock(self, run: str) -> BaseFileLock:
        """What a process holds while it works on the run; the system releases it however the process ends."""
        from filelock import FileLock

        folder = self.home / "runs"
        file = run_folder(folder, run).with_name(f"{run}.lock")
        folder.mkdir(parents=True, exist_ok=True)
        return FileLock(file, timeout=_CLAIM_SECONDS)

    def at_work(self, run: str) -> bool:
        """Whether a process works on the run; True, too, where its lock cannot be tried, as in a read-only folder."""
        if not is_run_id(run) or not (self.home / "runs" / f"{run}.lock").exists():
            return False
        try:
            with self.run_lock(run).acquire(timeout=0):
                return False
        except OSError:  # a lock that is held is one, too
            return True

    def as_it_is(self, run: RunRow) -> RunRow:
        """The run; one that was never finished, and that no process works on any more, has stopped."""
        return replace(run, state="stopped") if run.state == "running" and not self.at_work(run.id) else run

    def prune(self, most_bytes: int, runs_kept: int = RUNS_KEPT, *, dry_run: bool = False) -> Pruned:
        """Remove stored answers until they take at most so many bytes (see `pruning.prune`), and shrink the file.

        What killed processes have left in the journal goes, too, once it is stored. `dry_run` only tells which answers
        would go. Raises StoreError where the store stays busy, or the file cannot be made smaller; the next call tries
        that again.
        """
        with self._exclusively(self._wait_seconds):
            with self._connected() as connection:
                take_over(connection, self._journals)
                with transaction(connection):
                    pruned = prune(connection, most_bytes, runs_kept, dry_run=dry_run)
                    if pruned.answers and not dry_run:
                        owe_room(self.file)
                done = offsets(connection, "store")
            if not dry_run:
                self._remove_orphans(done)
                if owes_room(self.file):
                    compact(self.file)
        return pruned

    def repair(self) -> Repaired:
        """Replace a store file that is damaged (see `repairing.repair`), then take over the journals."""
        with self._exclusively(self._wait_seconds):
            if is_missing(self.file):
                return Repaired((), {}, (), ())
            repaired = repair(self.file, self._journals)
        self.ingest()
        return repaired

    def sizes(self) -> list[SizeRow]:
        """What takes how much room: answers and scores, as far as that can be told, and files."""
        with self.reader():
            stored = self.stored_sizes()
        files = {"store.duckdb": [self.file], "journal": journal_files(self._journals)}
        files["trainings"] = [
            Path(folder, name) for folder, _, names in os.walk(self.home / "trainings") for name in names
        ]
        sizes = {name: list(_file_sizes(paths)) for name, paths in files.items()}
        return stored + [SizeRow(name, len(found), sum(found)) for name, found in sizes.items()]

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """One state of the store, pending rows included. Fetch and leave: while it is open nobody can write."""
        current = self._current()
        if current is not None:
            # a second lock of the same thread could wait for a writer that waits for the first
            yield current
            return
        with self._prepared() as connection:
            self._thread.reader = Reader(connection)
            try:
                yield self._thread.reader
            finally:
                self._thread.reader = None

    def query(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of one SELECT; raises UsageError with DuckDB's message, and for all that writes."""
        with self._prepared(alone=True) as connection:
            return selected(connection, sql)

    def _remove_orphans(self, done: Mapping[str, int]) -> None:
        """Journals of processes that ended without closing them: each of these held its run's lock.

        A process may have written more after `done` was read, and ended then: such a journal waits to be stored.
        """
        for file in journal_files(self._journals):
            run = file.parent.name
            if run != FACTS and not self.at_work(run) and is_stored(file, done):
                remove(file)

    @contextmanager
    def _asking(self) -> Iterator[DuckDBPyConnection]:
        with self.reader() as reader, reader._asking() as connection:
            yield connection

    def _current(self) -> Reader | None:
        return getattr(self._thread, "reader", None)

    def _catch_up(self) -> StoreError | None:
        """Ingest and upgrade if that can be done now; the reader goes on without, so the reason is only handed back."""
        try:
            with self._writing(_QUICK_SECONDS) as connection:
                take_over(connection, self._journals)
        except StoreError as error:
            return error
        except OSError as error:
            return StoreError(f"{self.home}: cannot be written: {error.strerror or error}")
        return None

    @contextmanager
    def _prepared(self, *, alone: bool = False) -> Iterator[DuckDBPyConnection]:
        """A connection to the store and its pending rows; `alone` as in `opened`."""
        with ExitStack() as stack:
            store, problem = stack.enter_context(self._reading(alone)), None
            if is_behind(store, self._journals):
                stack.close()
                problem = self._catch_up()
                store = stack.enter_context(self._reading(alone))
            prepare(store, self._journals, problem)
            yield store.connection

    @contextmanager
    def _reading(self, alone: bool) -> Iterator[Opened]:
        lock: AbstractContextManager[None] = nullcontext()
        if self.home.is_dir():
            lock = locked(self._lock, exclusive=False, seconds=self._wait_seconds)
        with lock, opened(self.file, alone=alone) as store:
            yield store

    @contextmanager
    def _writing(self, seconds: float) -> Iterator[DuckDBPyConnection]:
        with self._exclusively(seconds), self._connected() as connection:
            yield connection

    @contextmanager
    def _exclusively(self, seconds: float) -> Iterator[None]:
        self.home.mkdir(parents=True, exist_ok=True)
        with locked(self._lock, exclusive=True, seconds=seconds):
            yield

    @contextmanager
    def _connected(self) -> Iterator[DuckDBPyConnection]:
        if is_missing(self.file):
            make(self.file)
        with explained(self.file), connected(self.file) as connection:
            attach(connection, self.file, "READ_WRITE")
            connection.execute("USE store")
            refuse_newer(version(connection, "store"), str(self.file))
            migrate(connection, "store")
            yield connection


def _file_sizes(files: Iterable[Path]) -> Iterator[int]:
    """The size of each file that is still there: other processes remove theirs meanwhile."""
    for file in files:
        with suppress(FileNotFoundError):
            yield file.stat().st_size
