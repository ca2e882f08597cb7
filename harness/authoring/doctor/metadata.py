"""What a plugin's distribution says of itself: the releases of the harness it supports, and its extras."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from harness.authoring.doctor.records import Line
from harness.authoring.scaffold.writing import requirement_on
from harness.host.indexing.api_range import range_problems
from harness.host.indexing.installed import version_here
from harness.host.records import Indexed, Offer
from harness.types.component import OWN_DISTRIBUTION

_ENDS = ("<", "<=", "==", "===", "~=")
NEEDS_OF_A_MACHINE = {"network": "the network", "weights": "the weights of a model", "gpu": "a GPU"}
"""What a component may need besides extras of its distribution, in words."""


def range_line(plugin: Indexed) -> Line:
    """Whether the installed release is one that the plugin supports."""
    info, here = plugin.plugin, version_here()
    if not info.distribution:
        return Line("API range", "ok", "a single file has none; a package names it in its dependencies")
    if info.distribution == OWN_DISTRIBUTION:
        return Line("API range", "ok", "it ships with the harness")
    write = f'write `dependencies = ["{requirement_on(here)}"]` into its pyproject.toml'
    for problem in range_problems(info, plugin.requires, here):
        if problem.fatal:
            return Line("API range", "fail", problem.message, "or take a release of the plugin that supports this one")
        return Line("API range", "note", f"it does not say which releases of {OWN_DISTRIBUTION} it supports", write)
    if not any(one.operator in _ENDS for one in SpecifierSet(plugin.requires)):
        return Line("API range", "note", f"{plugin.requires} has no upper end, so any later API will do", write)
    return Line("API range", "ok", f"{plugin.requires}; {here} is installed")


def needs_lines(offer: Offer) -> Iterator[Line]:
    """What the component needs of a machine; of an extra, whether it is installed."""
    for need in offer.needs:
        if need in NEEDS_OF_A_MACHINE:
            yield Line("needs", "ok", NEEDS_OF_A_MACHINE[need])
        elif need.startswith("[") and need.endswith("]"):
            yield _extra_line(offer, need[1:-1])
        else:
            known = ", ".join([*NEEDS_OF_A_MACHINE, "[NAME OF AN EXTRA]"])
            yield Line("needs", "fail", f"{need!r} is nothing that can be needed", f"write one of {known}")


def _extra_line(offer: Offer, extra: str) -> Line:
    declares = f"declare it in pyproject.toml, under [project.optional-dependencies]: {extra} = […]"
    name = offer.plugin.distribution
    if not name:
        return Line("needs", "fail", f"[{extra}]: a single file has no extras", "make a package of it")
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return Line("needs", "fail", f"[{extra}]: there is no distribution {name!r}", declares)
    if canonicalize_name(extra) not in map(canonicalize_name, found.metadata.get_all("Provides-Extra") or ()):
        return Line("needs", "fail", f"[{extra}]: {name} has no such extra", declares)
    missing = [str(one.name) for one in _requirements(found, extra) if not _is_installed(one)]
    if missing:
        install = f'pip install "{name}[{extra}]"'
        return Line("needs", "not run", f"[{extra}]: not installed: {', '.join(missing)}", install)
    return Line("needs", "ok", f"[{extra}]: installed")


def _requirements(found: Distribution, extra: str) -> Iterator[Requirement]:
    """What the extra adds to the distribution's requirements."""
    for text in found.requires or ():
        one = Requirement(text)
        if one.marker and one.marker.evaluate({"extra": extra}) and not one.marker.evaluate({"extra": ""}):
            yield one


def _is_installed(requirement: Requirement) -> bool:
    try:
        return requirement.specifier.contains(version(requirement.name), prereleases=True)
    except PackageNotFoundError:
        return False
