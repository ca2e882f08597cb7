"""Looks at one plugin after the other: as it is installed, as it loads, and what its components do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from harness.authoring.doctor.contracts import contract_lines
from harness.authoring.doctor.imports import import_line
from harness.authoring.doctor.metadata import needs_lines, range_line
from harness.authoring.doctor.problems import problem_lines
from harness.authoring.doctor.records import Diagnosis, Given, Line
from harness.errors import UsageError, did_you_mean
from harness.host.indexing.importing import indexed
from harness.host.indexing.index import plugin_index
from harness.host.indexing.installed import installed_plugins
from harness.host.loading import plugin_files
from harness.host.records import Indexed, Offer
from harness.types.component import OWN_DISTRIBUTION


def examine(names: Sequence[str], files: Sequence[Path], given: Given) -> Iterator[Diagnosis]:
    """The diagnosis of each plugin: of the named ones and the files, or else of all that did not come with the harness.

    UsageError where a name or an option leads nowhere.
    """
    chosen = _chosen(names, files)
    offers = [offer for plugin in chosen for offer in plugin.offers]
    _check_options(given.options, offers)
    others = [offer for plugin in plugin_index() for offer in plugin.offers]
    for plugin in chosen:
        strangers = [offer for offer in dict.fromkeys([*others, *offers]) if offer.plugin != plugin.plugin]
        yield Diagnosis(plugin.plugin, tuple(_lines(plugin, strangers, given)))


def _chosen(names: Sequence[str], files: Sequence[Path]) -> list[Indexed]:
    """The plugins to look at, imported anew in processes of their own to see what they offer."""
    installed = installed_plugins()
    known = [one.plugin.name for one in installed]
    for name in names:
        if name not in known:
            raise UsageError(f"plugins doctor: no plugin is called {name!r}{did_you_mean(name, known)}")
    if names or files:
        wanted = [one for name in dict.fromkeys(names) for one in installed if one.plugin.name == name]
    else:
        wanted = [one for one in installed if one.plugin.distribution != OWN_DISTRIBUTION]
    return indexed([*wanted, *(Indexed(info) for info in plugin_files(files))])


def _check_options(options: Mapping[str, Mapping[str, Any]], offers: Sequence[Offer]) -> None:
    for component, written in options.items():
        named = [offer for offer in offers if offer.name == component]
        if not named:
            hint = did_you_mean(component, [offer.name for offer in offers])
            raise UsageError(f"--option {component}.…: no component of these plugins is called so{hint}")
        known = {text.partition(":")[0] for offer in named for text in offer.options}
        for key in written:
            if key not in known:
                listed = ", ".join(sorted(known)) or "none"
                raise UsageError(
                    f"--option {component}.{key}: unknown option{did_you_mean(key, known)}; options: {listed}"
                )


def _lines(plugin: Indexed, others: Sequence[Offer], given: Given) -> Iterator[Line]:
    problems = list(problem_lines(plugin))
    if not any(line.subject == "entry point" for line in problems):
        yield _entry_line(plugin)
    yield from problems
    yield range_line(plugin)
    if not plugin.loads:
        return
    yield import_line(plugin.plugin, given.seconds)
    if plugin.hooks:
        yield Line("hooks", "ok", ", ".join(plugin.hooks))
    elif not problems:
        mend = "mark a function with @hookimpl, or make a component with @metric or @safety_check"
        yield Line("hooks", "fail", "it has none, so it offers nothing", mend)
    for number, offer in enumerate(plugin.offers):
        before = [*others, *plugin.offers[:number]]
        yield from _component_lines(offer, before, given)


def _entry_line(plugin: Indexed) -> Line:
    source = plugin.plugin.source
    if not plugin.plugin.distribution:
        return Line("entry point", "ok", f"none; the file {source} is given by hand")
    module, _, attribute = source.partition(":")
    if find_spec(module.partition(".")[0]) is None:
        mend = f'correct [project.entry-points.finetune_harness] in pyproject.toml: {plugin.plugin.name} = "MODULE"'
        return Line("entry point", "fail", f"{source}: there is no module {module!r}", mend)
    if attribute:
        text = f"{source}: points into a module; decorated functions are found where it points at one"
        return Line("entry point", "note", text, f"write {module}")
    return Line("entry point", "ok", source)


def _component_lines(offer: Offer, others: Sequence[Offer], given: Given) -> Iterator[Line]:
    component = f"{offer.kind} {offer.name}"
    for line in _of_component(offer, others, given):
        yield replace(line, component=component)


def _of_component(offer: Offer, others: Sequence[Offer], given: Given) -> Iterator[Line]:
    same = {str(one.plugin) for one in others if (one.kind, one.name) == (offer.kind, offer.name)}
    if same:
        yield Line("name", "fail", f"{', '.join(sorted(same))} has a {offer.kind} of that name, too", "choose another")
    unreadable = [text for text in offer.options if text.startswith("unreadable: ")]
    if unreadable:
        mend = "give build plain keyword arguments with annotations that can be resolved, and other names"
        yield Line("options", "fail", unreadable[0].removeprefix("unreadable: "), mend)
        return
    yield Line("options", "ok", "\n".join(offer.options) or "none")
    needs = list(needs_lines(offer))
    yield from needs
    yield from contract_lines(offer, given, [line.text for line in needs if line.state == "not run"])
