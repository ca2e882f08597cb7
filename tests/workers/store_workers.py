"""What the store's tests do in processes of their own; here, because a spawned process has to import it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from harness.store.store import Store

BATCHES, ROWS = 10, 100


def commit_and_die(file: Path) -> None:
    import duckdb

    connection = duckdb.connect(file)
    connection.execute("INSERT INTO scores VALUES ('k2', 'c', 'm', 1, [1.0], NULL)")
    os._exit(0)


def open_without_lock(file: Path, opened: Any, done: Any) -> None:
    import duckdb

    with duckdb.connect(file):
        opened.set()
        done.wait(60)


def ingest(home: Path) -> int:
    return Store(home).ingest(wait_seconds=60)


def ingest_and_die(home: Path, seconds: float) -> None:
    import signal
    import threading

    Store(home).runs()
    threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
    Store(home).ingest()


def write_batches(home: Path, writer: int) -> int:
    store = Store(home)
    written = 0
    with store.journal(f"run-{writer}") as journal:
        for batch in range(BATCHES):
            rows = [
                {
                    "answer_key": f"{writer}-{batch}-{row}",
                    "content": "c",
                    "metric": "m",
                    "samples": 1,
                    "statistics": [1.0],
                }
                for row in range(ROWS)
            ]
            journal.add("scores", rows)
            if batch % 5 == 0:
                store.ingest()
            (own,) = store.query(f"SELECT count(*) FROM scores WHERE answer_key LIKE '{writer}-%'")[1]
            written += ROWS
            assert own[0] == written
    return written


def read_counts(home: Path) -> list[int]:
    store = Store(home)
    return [int(store.query("SELECT count(*) FROM scores")[1][0][0]) for _ in range(25)]
