"""The documents name commands, options and files that exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer import exceptions

from harness import cli
from harness.cli.invocation import global_options

ROOT = Path(__file__).parents[1]
DOCUMENTS = (
    "README.md",
    "AGENTS.md",
    "CONTRIBUTING.md",
    "harness/README.md",
    *(f"plugins/{page}.md" for page in ("README", "options", "metrics", "backends", "testing", "publishing")),
    "plugins/example-distribution/README.md",
    "reports/README.md",
    "suites/README.md",
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXAMPLE_FILE = re.compile(r"`([^`\n]+)`[^`\n]*:\n\n```")
"""The name of a file of the reader's own, shown in the block that follows."""


def read(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def prose(document: str) -> str:
    return FENCE.sub("", read(document))


def shell_commands(document: str) -> Iterator[str]:
    """Each `harness …` line of a code block, also after `&&` or in a CI job, without comment and `||` part."""
    for _, block in FENCE.findall(read(document)):
        for line in block.replace("\\\n", " ").splitlines():
            line = line.strip().removeprefix("- ").removeprefix("run: ")
            for command in re.split(r"&&|\|\||[|;>]", line):
                if command.strip().startswith("harness "):
                    yield command.strip()


def inline_commands(document: str) -> Iterator[str]:
    """Each `harness …` in running text; one with an ellipsis is no whole command."""
    for span in re.findall(r"`(harness [^`]+)`", prose(document)):
        if "…" not in span:
            yield " ".join(span.split())


def parse(command: str) -> None:
    """Parse a command line as `harness` would, without running it; raises what the parser raises."""
    arguments, _, _ = global_options(shlex.split(command, comments=True)[1:])
    found: Any = typer.main.get_command(cli._app())
    while hasattr(found, "commands") and arguments:
        name, *arguments = arguments
        assert name in found.commands, f"there is no command {name!r}; there are {', '.join(found.commands)}"
        found = found.commands[name]
    if not hasattr(found, "commands"):
        found.make_context(found.name, arguments)


def all_of(commands: Any) -> list[Any]:
    return [pytest.param(command, id=f"{name}: {command}") for name in DOCUMENTS for command in commands(name)]


@pytest.mark.parametrize("command", all_of(shell_commands))
def test_a_command_of_a_code_block_parses(command: str) -> None:
    parse(command)


@pytest.mark.parametrize("command", all_of(inline_commands))
def test_a_command_named_in_the_text_exists_with_its_options(command: str) -> None:
    try:
        parse(command)
    except exceptions.TyperException as error:
        if type(error).__name__ != "MissingParameter":  # in a sentence a command may stand without its arguments
            raise


@pytest.mark.parametrize("command", ["harness rnu recipe.yaml", "harness run recipe.yaml --chek", "harness run"])
def test_a_wrong_command_would_be_noticed(command: str) -> None:
    with pytest.raises((AssertionError, exceptions.TyperException)):
        parse(command)


def leads_somewhere(target: str, document: Path) -> bool:
    """Whether the file that a document links to is there, and the heading in it."""
    name, _, heading = target.partition("#")
    file = document.parent / name if name else document
    if not heading or not file.exists():
        return file.exists()
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", file.read_text(encoding="utf-8")), re.MULTILINE)
    return heading in {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", prose(document))
    missing = [one for one in targets if not (one.startswith("http") or leads_somewhere(one, ROOT / document))]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_of_the_repository_that_is_named_exists(document: str) -> None:
    folder = (ROOT / document).parent
    own = set(EXAMPLE_FILE.findall(read(document)))
    missing = [
        path
        for path in re.findall(r"`([\w.-]+/[\w./-]*)`", prose(document))
        if (ROOT / path.split("/")[0]).is_dir() or (folder / path.split("/")[0]).is_dir()
        if path not in own and not (ROOT / path).exists() and not (folder / path).exists()
    ]
    assert missing == []


def test_every_path_of_the_contributors_commands_exists() -> None:
    blocks = " ".join(block for _, block in FENCE.findall(read("CONTRIBUTING.md")))
    paths = re.findall(r"(?<!\S)((?:tests|plugins|harness|suites|\.ci)(?:/[\w.*-]+)+)", blocks)
    assert paths
    assert [path for path in paths if not list(ROOT.glob(path))] == []
