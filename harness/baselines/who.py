"""Who moves a baseline."""

from __future__ import annotations

import getpass
import os

from harness.host.isolation.children import finished

_SECONDS = 2.0


def who() -> str:
    """`$HARNESS_USER`, else git's `user.name <user.email>`, else the login name, else "unknown"."""
    return os.environ.get("HARNESS_USER") or _of_git() or _login()


def _of_git() -> str:
    command = ["git", "config", "--get-regexp", r"^user\.(name|email)$"]
    try:
        done = finished(command, seconds=_SECONDS)
    except OSError:  # there is no git, or it takes too long
        return ""
    said = dict(line.partition(" ")[::2] for line in done.stdout.decode(errors="replace").splitlines())
    name, email = said.get("user.name", ""), said.get("user.email", "")
    return f"{name} <{email}>" if name and email else name or email


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user need not have a name
        return "unknown"
