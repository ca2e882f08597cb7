from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from harness.errors import StoreError
from harness.store.lock import StoreBusyError, locked


@pytest.mark.parametrize(("held", "wanted"), [(False, True), (True, False), (True, True)])
def test_a_writer_excludes_everybody(tmp_path: Path, held: bool, wanted: bool) -> None:
    file = tmp_path / "store.lock"
    with locked(file, exclusive=held, seconds=1), pytest.raises(StoreBusyError, match=r"store\.lock: another process"):
        locked(file, exclusive=wanted, seconds=0.05).__enter__()


def test_a_lock_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere/store\.queue: cannot be made: No such file"):
        locked(tmp_path / "nowhere" / "store.lock", exclusive=False, seconds=1).__enter__()


def test_readers_share(tmp_path: Path) -> None:
    file = tmp_path / "store.lock"
    with locked(file, exclusive=False, seconds=1), locked(file, exclusive=False, seconds=1):
        assert file.exists()


def test_a_wait_that_was_given_up_holds_nothing_afterwards(tmp_path: Path) -> None:
    file = tmp_path / "store.lock"
    with (
        locked(file, exclusive=True, seconds=1),
        pytest.raises(StoreBusyError),
        locked(file, exclusive=True, seconds=0.05),
    ):
        pass
    for _ in range(3):
        with locked(file, exclusive=True, seconds=1):
            pass


def test_a_waiting_writer_is_not_overtaken_by_later_readers(tmp_path: Path) -> None:
    file = tmp_path / "store.lock"
    order: list[str] = []

    def take(name: str, exclusive: bool) -> None:
        with locked(file, exclusive=exclusive, seconds=10):
            order.append(name)

    writer = threading.Thread(target=take, args=("writer", True))
    reader = threading.Thread(target=take, args=("reader", False))
    with locked(file, exclusive=False, seconds=1):
        writer.start()
        time.sleep(0.2)
        reader.start()
        time.sleep(0.2)
        assert order == []
    writer.join()
    reader.join()
    assert order == ["writer", "reader"]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_does_not_keep_the_lock(tmp_path: Path) -> None:
    file = tmp_path / "store.lock"
    ended, told = os.pipe()
    with locked(file, exclusive=True, seconds=1):
        child = os.fork()
        if child == 0:
            os.read(ended, 1)
            os._exit(0)
    with locked(file, exclusive=True, seconds=1):
        pass
    os.write(told, b".")
    os.waitpid(child, 0)
    os.close(ended)
    os.close(told)
