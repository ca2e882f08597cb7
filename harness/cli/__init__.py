"""The `harness` command: one module a command, imported for its arguments alone; the work is imported when it runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from harness.errors import ExitCode, HarnessError


def entry() -> None:
    """The console script."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; every error is a message on stderr, never a traceback."""
    from typer import exceptions

    from harness.cli.invocation import Invocation, global_options

    try:
        rest, files, disabled = global_options(arguments)
        code = _app()(rest, standalone_mode=False, obj=Invocation(files, disabled), prog_name="harness")
        _flush()
        return int(code or 0)
    except HarnessError as error:
        return _fail(str(error), error.exit_code)
    except exceptions.TyperException as error:
        return _fail(_usage(error), ExitCode.USAGE)
    except exceptions.Exit as error:
        return int(error.exit_code)
    except (KeyboardInterrupt, exceptions.Abort):
        return _fail("interrupted; the same command goes on from here", ExitCode.INTERRUPTED)
    except BaseException as error:  # also a plugin's sys.exit("text"), which must not pass for a regression
        return _internal(error)


def _app() -> Any:
    import typer

    from harness.cli import (
        baselines,
        compare,
        demo,
        evaluate,
        gate,
        init,
        plugins,
        refine,
        report,
        run,
        runs,
        sql,
        suites,
    )

    app = typer.Typer(
        name="harness",
        help="Fine-tune chat models, and tell honestly whether they got better, got worse or cannot be told apart.",
        epilog="Anywhere: --plugin FILE.py loads a plugin that is one file, --disable-plugin NAME leaves one out.",
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    for module in (demo, init, run, refine, evaluate, compare, gate, report, runs, plugins, sql):
        app.command(module.__name__.rpartition(".")[2])(module.command)
    app.add_typer(suites.app, name="suites")
    app.add_typer(baselines.app, name="baselines")
    return app


def _usage(error: Any) -> str:
    hint = f"; see `{error.ctx.command_path} --help`" if getattr(error, "ctx", None) is not None else ""
    return f"{error.format_message() if hasattr(error, 'format_message') else error}{hint}"


def _fail(message: str, code: ExitCode) -> int:
    print(f"harness: {message}", file=sys.stderr)
    _flush()
    return int(code)


def _internal(error: BaseException) -> int:
    """A defect of ours: the traceback goes to a file, its place and the last line to the user."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="harness-", suffix=".log", delete=False, encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    said = f"internal error: {type(error).__name__}: {error}; please report it with {file.name}"
    return _fail(said, ExitCode.INTERNAL)


def _flush() -> None:
    """A reader that went away (`harness … | head`) changes neither the work nor the exit code."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
