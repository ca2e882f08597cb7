"""harness plugins"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harness.cli import plugins_doctor, plugins_new
from harness.types.component import KINDS

if TYPE_CHECKING:
    from harness.host.host import PluginHost
    from harness.host.records import Indexed, Offer

app = typer.Typer(invoke_without_command=True)
app.command("new")(plugins_new.command)
app.command("doctor")(plugins_doctor.command)


@app.callback()
def listing(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Import every plugin again, not only those that have changed.")
    ] = False,
) -> int | None:
    """List components by kind with their options, where they come from, and what failed to load and why."""
    if context.invoked_subcommand is not None:
        return None
    from harness.errors import ExitCode
    from harness.host.indexing.index import plugin_index

    invocation = context.obj
    if refresh:
        plugin_index(refresh=True)
    host = invocation.host(quiet=True)
    offers = host.offers()
    listed = {
        "components": {kind: [_row(one) for one in offers if one.kind == kind] for kind in KINDS},
        "suites": [str(folder) for folder in host.suite_folders()],
        "plugins": [_plugin(one) for one in host.installed],
        "problems": _problems(host),
    }
    if as_json:
        invocation.print_json(listed)
    else:
        invocation.print_line("\n".join(_lines(listed)))
    return ExitCode.PASS


def _row(offer: Offer) -> dict[str, Any]:
    return {
        "name": offer.name,
        "summary": offer.summary,
        "options": list(offer.options),
        "required": list(offer.required),
        "needs": list(offer.needs),
        "plugin": str(offer.plugin),
    }


def _plugin(one: Indexed) -> dict[str, Any]:
    return {
        "name": one.plugin.name,
        "source": one.plugin.source,
        "distribution": one.plugin.distribution,
        "version": one.plugin.version,
        "requires": one.requires,
        "hooks": list(one.hooks),
        "loads": one.loads,
    }


def _problems(host: PluginHost) -> list[str]:
    twice = [
        f"{a.kind} {a.name!r} is offered by {a.plugin} and by {b.plugin}; neither can be used until one is "
        "switched off with --disable-plugin NAME"
        for a, b in host.duplicates()
    ]
    return [str(problem) for problem in host.all_problems()] + twice


def _lines(listed: Mapping[str, Any]) -> Iterator[str]:
    for kind, rows in listed["components"].items():
        yield f"{kind}s"
        for row in rows:
            yield f"  {row['name']:<18} {row['summary']}  [{row['plugin']}]"
            yield from (f"      {option}" for option in row["options"])
            if row["needs"]:
                yield f"      needs {', '.join(row['needs'])}"
    yield "suites"
    yield from (f"  {folder}" for folder in listed["suites"])
    yield "plugins"
    yield from (f"  {one['name']:<18} {_origin(one)}" for one in listed["plugins"])
    if listed["problems"]:
        yield "problems"
        yield from (f"  {problem}" for problem in listed["problems"])


def _origin(plugin: Mapping[str, Any]) -> str:
    supports = f", supports finetune-harness {plugin['requires']}" if plugin["requires"] else ""
    return f"{plugin['distribution']} {plugin['version']}{supports}"
