"""Whose fault it is: what a component raises names its plugin, what it gives is checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harness.errors import HarnessError, PluginError, said
from harness.host.building import Built
from harness.types.component import ComponentKind
from harness.types.validation import misfit


def fitting(value: object, kind: object) -> None:
    """TypeError where what a plugin gave is no proper record of this kind."""
    wrong = misfit(value, kind)
    if wrong is not None:
        raise TypeError(f"gave a misfit: {wrong}")


@contextmanager
def blamed(built: Built, kind: ComponentKind, method: str) -> Iterator[None]:
    """What the component raises becomes a PluginError that names it; the harness's own errors and Ctrl-C pass."""
    try:
        yield
    except HarnessError:
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(f"plugin {built.plugin}: {kind} {built.use!r}: {method}: {said(error)}") from error
