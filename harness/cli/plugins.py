"""harness plugins"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from harness.host import PluginHost, Registered

app = typer.Typer(invoke_without_command=True)


@app.callback()
def listing(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int | None:
    """List components by kind with their options, where they come from, and what failed to load and why."""
    if context.invoked_subcommand is not None:
        return None
    from harness.errors import ExitCode
    from harness.host import HOOK_OF_KIND

    invocation = context.obj
    host = invocation.host(quiet=True)
    listed = {kind: [_row(one) for one in host.components(kind)] for kind in HOOK_OF_KIND}
    folders = [str(folder) for folder in host.suite_folders()]
    problems = _problems(host)
    if as_json:
        invocation.print_json({"components": listed, "suites": folders, "problems": problems})
        return ExitCode.PASS
    for kind, rows in listed.items():
        invocation.print_line(f"{kind}s")
        for row in rows:
            invocation.print_line(f"  {row['name']:<18} {row['summary']}  [{row['plugin']}]")
            for option in row["options"]:
                invocation.print_line(f"      {option}")
    invocation.print_line("suites")
    for folder in folders:
        invocation.print_line(f"  {folder}")
    if problems:
        invocation.print_line("problems")
        for problem in problems:
            invocation.print_line(f"  {problem}")
    return ExitCode.PASS


def _row(registered: Registered) -> dict[str, Any]:
    from harness.errors import PluginError
    from harness.options import options_of

    try:
        options = [str(option) for option in options_of(registered)]
    except PluginError as error:
        options = [f"unreadable: {error}"]
    return {
        "name": registered.component.name,
        "summary": registered.summary,
        "options": options,
        "plugin": str(registered.plugin),
    }


def _problems(host: PluginHost) -> list[str]:
    twice = [
        f"{a.kind} {a.component.name!r} is offered by {a.plugin} and by {b.plugin}; neither can be used until one is "
        "switched off with --disable-plugin NAME"
        for a, b in host.duplicates()
    ]
    return [str(problem) for problem in host.problems] + twice
