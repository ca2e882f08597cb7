"""Regular expressions that somebody wrote into a file: those of `re`, but none is at work on one text for ever."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

from harness.documents.time_limits import OutOfTimeError, limited, reaches_c

SECONDS = 2.0
"""Of processor time for one text: a thousand times what a sound expression takes for a long one."""
_SHOWN = 100
_CHILD = (
    "import json, re, sys; method, pattern, arguments = json.load(sys.stdin); "
    "json.dump(getattr(re.compile(pattern), method)(*arguments), sys.stdout)"
)


class Pattern:
    """A compiled expression; ValueError where it is none.

    One that takes more than `SECONDS` for a text raises ValueError, and from then on for every text: a suite of a
    thousand cases would wait for each of them.
    """

    def __init__(self, text: str) -> None:
        try:
            self._regex = re.compile(text)
        except (re.error, RecursionError, OverflowError) as error:
            raise ValueError(str(error)) from error
        self._problem: str | None = None

    def findall(self, text: str) -> list[Any]:
        """Every match, or its groups, as `re.findall`."""
        found = self._called("findall", text)
        return [tuple(one) if isinstance(one, list) else one for one in found]

    def sub(self, replacement: str, text: str, count: int = 0) -> str:
        """The text with matches replaced, as `re.sub`."""
        return str(self._called("sub", replacement, text, count))

    def _called(self, method: str, *arguments: Any) -> Any:
        if self._problem is not None:
            raise ValueError(self._problem)
        try:
            if not reaches_c():
                return self._elsewhere(method, *arguments)
            with limited(SECONDS):
                return getattr(self._regex, method)(*arguments)
        except (OutOfTimeError, subprocess.TimeoutExpired) as error:
            text = max((one for one in arguments if isinstance(one, str)), key=len)
            self._problem = (
                f"the regular expression {self._regex.pattern[:_SHOWN]!r} takes more than {SECONDS:g} s for a text of "
                f"{len(text):,} characters; repeat nothing that is repeated inside, such as (a+)+"
            )
            raise ValueError(self._problem) from error

    def _elsewhere(self, method: str, *arguments: Any) -> Any:
        """In a process that can be ended, as nothing stops `re` in a thread."""
        asked = json.dumps([method, self._regex.pattern, arguments])
        command = [sys.executable, "-I", "-S", "-c", _CHILD]
        done = subprocess.run(command, input=asked, capture_output=True, text=True, timeout=5 * SECONDS, check=False)
        if done.returncode:
            raise ValueError(done.stderr.strip().rpartition("\n")[2])
        return json.loads(done.stdout)
