"""Which versions of the harness a plugin supports: what its distribution requires of `finetune-harness`."""

from __future__ import annotations

from collections.abc import Sequence

from harness.host.records import PluginInfo, Problem
from harness.types.component import OWN_DISTRIBUTION


def supported_range(requires: Sequence[str]) -> tuple[str, list[str]]:
    """The range, as ">=0.1,<0.2", and what cannot be read; "" where the requirements name no version."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.specifiers import SpecifierSet
    from packaging.utils import canonicalize_name

    supported, unreadable = SpecifierSet(), []
    for text in requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            unreadable.append(f"its requirement {text!r} cannot be read: {str(error).splitlines()[0]}")
            continue
        applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if applies and canonicalize_name(requirement.name) == OWN_DISTRIBUTION:
            supported &= requirement.specifier
    return ",".join(sorted(map(str, supported), reverse=True)), unreadable


def range_problems(plugin: PluginInfo, supported: str, here: str) -> list[Problem]:
    """What is wrong with the range: that this version, `here`, is outside of it, or that there is none."""
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    if not supported:
        bound = f"write {OWN_DISTRIBUTION}>={here} and an upper bound into its dependencies"
        message = f"does not say which versions of {OWN_DISTRIBUTION} it supports; {bound}"
        return [Problem(plugin, message, fatal=False, kind="range")]
    # A development version counts as the release that it leads to.
    if any(SpecifierSet(supported).contains(one, prereleases=True) for one in (here, Version(here).base_version)):
        return []
    update = f"update both: pip install --upgrade {plugin.distribution} {OWN_DISTRIBUTION}"
    return [Problem(plugin, f"needs {OWN_DISTRIBUTION} {supported}; {here} is installed; {update}", kind="range")]
