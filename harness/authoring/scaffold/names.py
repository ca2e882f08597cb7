"""What a new plugin may be called: one name for the distribution, the plugin and the component."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Collection
from importlib.metadata import PackageNotFoundError, distribution, entry_points
from importlib.util import find_spec

from harness.errors import UsageError
from harness.hookspecs import PROJECT

_LONGEST = 40  # characters; lines of the templates leave room for that many


def package_of(name: str, taken: Collection[str]) -> str:
    """The import package of a distribution; UsageError where the name will not do. `taken`: names of components."""
    place = f"plugins new {name!r}"
    normal = re.sub(r"[-_.]+", "-", name).lower()
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", normal) or len(name) > _LONGEST:
        raise UsageError(f"{place}: a name has letters a–z, digits and hyphens, {_LONGEST} at most: polite-endings")
    if name != normal:
        raise UsageError(f"{place}: write {normal!r}, the form in which package indexes know it")
    package = name.replace("-", "_")
    reason = _refusal(name, package)
    if reason:
        raise UsageError(f"{place}: {reason}; choose another name, for example '{_other(name)}'")
    if name in taken:
        raise UsageError(f"{place}: a component of this kind has that name already; choose another name")
    return package


def _refusal(name: str, package: str) -> str:
    """Why a package cannot be called so, or nothing."""
    if not package.isidentifier():
        return f"its package {package!r} would begin with a digit"
    if keyword.iskeyword(package):
        return f"{package!r} is a word of Python and no name of a package"
    if package in sys.stdlib_module_names:
        return f"{package!r} is a module of Python's own library, which the package would hide"
    if name in {point.name for point in entry_points(group=PROJECT)} or _is_installed(name):
        return "a plugin or distribution of that name is installed"
    spec = find_spec(package)
    if spec is not None and spec.origin is not None:  # a mere folder has no origin
        return f"a module {package!r} is installed ({spec.origin})"
    return ""


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _other(name: str) -> str:
    return f"my-{name}" if name[0].isdigit() else f"{name}-plugin"
