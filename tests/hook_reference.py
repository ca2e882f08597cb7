"""`plugins/hooks.md`, made of `harness/hookspecs.py`: `python tests/hook_reference.py > plugins/hooks.md`."""

from __future__ import annotations

import inspect

from harness import hookspecs

HEAD = """# Every hook

This page is made of `harness/hookspecs.py`. Registration hooks take no arguments, and yield. Event hooks take the
event; an implementation may leave arguments out. The classes named here are in
`harness/protocols.py` and `harness/types/`.
"""


def reference() -> str:
    """The page: each hook with its signature and its docstring."""
    entries = [
        f"\n## `{name}{inspect.signature(hook)}`\n".replace("'", "") + f"\n{inspect.getdoc(hook)}\n"
        for name, hook in vars(hookspecs).items()
        if hasattr(hook, f"{hookspecs.PROJECT}_spec")
    ]
    return HEAD + "".join(entries)


if __name__ == "__main__":
    print(reference(), end="")
