"""The lock file beside the store: shared to read, exclusive to write, and whoever came first goes first."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import StoreError


class StoreBusyError(StoreError):
    """Another process holds the store for longer than we are willing to wait."""


@contextmanager
def locked(path: Path, *, exclusive: bool, seconds: float) -> Iterator[None]:
    """Hold the lock file, made if need be; raises `StoreBusyError` after `seconds`, StoreError where it cannot be made.

    Everyone queues for `<name>.queue` first, so that a waiting writer is not overtaken by readers that share the lock.
    """
    deadline = time.monotonic() + seconds
    queue = _acquire(path.with_suffix(".queue"), exclusive=True, deadline=deadline)
    try:
        held = _acquire(path, exclusive=exclusive, deadline=deadline)
    finally:
        _release(queue)
    try:
        yield
    finally:
        _release(held)


def _busy(path: Path) -> StoreBusyError:
    return StoreBusyError(f"{path}: another process is using the store; wait for it to finish, or end it")


if sys.platform == "win32":
    from filelock import FileLock, Timeout

    def _acquire(path: Path, *, exclusive: bool, deadline: float) -> FileLock:
        # Windows has no shared lock that can be waited for, so readers take turns too
        lock = FileLock(path)
        try:
            lock.acquire(timeout=max(deadline - time.monotonic(), 0))
        except Timeout:
            raise _busy(path) from None
        return lock

    def _release(lock: FileLock) -> None:
        lock.release()

else:
    import fcntl

    def _acquire(path: Path, *, exclusive: bool, deadline: float) -> int:
        operation = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
        descriptor = _open(path)
        try:
            fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            if not _Waiter(descriptor, operation).wait(deadline - time.monotonic()):
                raise _busy(path) from None
        except OSError as error:
            os.close(descriptor)
            raise StoreError(f"{path}: cannot be locked: {error.strerror or error}") from error
        return descriptor

    def _open(path: Path) -> int:
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            # a store that may only be read can still be locked, if it was ever written
            if not path.exists():
                raise StoreError(f"{path}: cannot be made: {error.strerror or error}") from error
            return os.open(path, os.O_RDONLY)

    def _release(descriptor: int) -> None:
        # closing is not enough: a process forked meanwhile has a copy of the descriptor, and would hold the lock
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)

    class _Waiter:
        """Waits in the kernel's queue, which is fair; a thread does it, because a blocked flock knows no timeout."""

        def __init__(self, descriptor: int, operation: int) -> None:
            self._descriptor, self._operation = descriptor, operation
            self._acquired = threading.Event()
            self._turn = threading.Lock()
            self._abandoned = False

        def wait(self, seconds: float) -> bool:
            """True when the lock is ours; otherwise the descriptor is closed as soon as its turn has come."""
            threading.Thread(target=self._block, name="store lock", daemon=True).start()
            try:
                return self._acquired.wait(max(seconds, 0)) or not self._abandon()
            except BaseException:
                if not self._abandon():
                    _release(self._descriptor)
                raise

        def _block(self) -> None:
            fcntl.flock(self._descriptor, self._operation)
            with self._turn:
                self._acquired.set()
                if self._abandoned:
                    _release(self._descriptor)

        def _abandon(self) -> bool:
            """Give up the wait; False when the lock came in the last moment."""
            with self._turn:
                self._abandoned = not self._acquired.is_set()
                return self._abandoned
