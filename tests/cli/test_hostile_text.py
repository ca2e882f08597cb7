"""Text that would colour, move or forge a terminal, in everything that is handed in; every output form is read."""

from __future__ import annotations

import ast
import io
import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest
from rich.console import Console

import harness
from harness.cli import main
from harness.report.formats import FILES
from harness.report.terminal.progress import stage
from harness.testing import fakes
from tests.conftest import TEAMS
from tests.plugins.openai.conftest import FaultServer

if TYPE_CHECKING:
    from tests.conftest import Project

HOSTILE = "a\x1b[2Jb\x1b]0;title\x07c\x9b31md\x90q\x9ce\x7ff\x85g\u202eh\u2066i\u2028j\x08k\rl\u200em"
PACKAGE = Path(harness.__file__).parent
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


Say: TypeAlias = Callable[..., str]


@pytest.fixture
def say(capfd: pytest.CaptureFixture[str]) -> Iterator[Say]:
    """Run a command line that must show nothing raw; what it said on both streams, whatever its exit code."""

    def run(*arguments: str | Path, code: int | None = None) -> str:
        found = main(["--plugin", fakes.__file__, *map(str, arguments)])
        said = "".join(capfd.readouterr())
        assert found != 6, said
        assert code in (None, found), said
        assert (arguments, RAW.findall(said)) == (arguments, [])
        return said

    yield run
    logging.getLogger("harness").handlers.clear()


@pytest.fixture
def attacked(project: Project) -> Project:
    """The suite `hostile`, of which every text is hostile, and two models that say such things."""
    rows = [
        {
            "id": f"{HOSTILE}{number}",
            "messages": [{"role": "user", "content": f"{HOSTILE} {number}?"}],
            "choices": [*TEAMS, f"{HOSTILE}!"],
            "answer": f"{HOSTILE}!",
            "references": [f"{HOSTILE}!"],
            "slices": {HOSTILE: HOSTILE},
            "cluster": f"{HOSTILE}{number}",
        }
        for number in range(30)
    ]
    project.write("suites/hostile.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    metrics = [{"use": "accuracy", "name": f"right {HOSTILE}", "role": "primary"}, "exact-match"]
    checks = [{"use": "blocked-terms", "name": f"terms {HOSTILE}", "terms": ["title"], "limit": 0.5}]
    project.suite("hostile", cases="hostile.jsonl", choices=None, metrics=metrics, checks=checks, description=HOSTILE)
    for name, reply in (("before", f"{HOSTILE}!"), (HOSTILE, f"{HOSTILE}?")):
        replies = {f"{HOSTILE} {number}?": reply for number in range(30)}
        fakes.write_fake_model(project.folder / f"{name}.json", replies)
    return project


def file_of(project: Project, form: str) -> Path:
    return project.folder / f"{HOSTILE}.{form}"


@pytest.mark.slow
def test_every_report_of_hostile_answers_is_plain(attacked: Project, say: Say) -> None:
    say("evaluate", "fake:before.json", "--suite", "hostile", "--name", "before")
    say("evaluate", f"fake:{HOSTILE}.json", "--suite", "hostile", "--name", f"now {HOSTILE}")
    say("compare", "before", f"now {HOSTILE}", code=1)
    say("report", "latest")
    for form in FILES:
        say("report", "latest", "--format", form, "--output", "-", code=0)
        file = file_of(attacked, form)
        say("report", "latest", "--format", form, "--output", file, code=0)
        assert (form, RAW.findall(file.read_text(encoding="utf-8"))) == (form, [])
    as_json = json.loads(file_of(attacked, "json").read_text(encoding="utf-8"))
    assert f"now {HOSTILE}" in as_json["comparisons"][0]["candidate"]["name"]  # escaped: programs read what it was


@pytest.mark.slow
def test_every_list_of_hostile_names_is_plain(attacked: Project, say: Say) -> None:
    say("evaluate", "fake:before.json", "--suite", "hostile", "--name", HOSTILE)
    say("baselines", "set", "main", HOSTILE, "--note", HOSTILE, code=0)
    say("baselines", "export", "main", f"{HOSTILE} main.json", code=0)
    say("baselines", "import", f"{HOSTILE} main.json", code=0)
    for command in (
        ("baselines", "list"),
        ("baselines", "show", "main"),
        ("suites", "list"),
        ("suites", "show", "hostile"),
        ("runs",),
        ("history", f"right {HOSTILE}"),
        ("power", "hostile"),
        ("plugins",),
    ):
        say(*command, code=0)
        say(*command, "--json", code=0)


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_names_and_values_of_sql_are_plain(attacked: Project, say: Say, more: tuple[str, ...]) -> None:
    said = say("sql", f"SELECT '{HOSTILE}' AS \"[red]{HOSTILE}\", '[bold]x' AS b", *more, code=0)
    assert "[red]" in said
    assert "[bold]x" in said
    say("sql", f'SELECT "{HOSTILE}"', *more, code=2)


def test_what_is_refused_is_told_plainly(attacked: Project, say: Say) -> None:
    suite = json.loads((attacked.folder / "suites/hostile.yaml").read_text(encoding="utf-8"))
    attacked.write("named.yaml", json.dumps({**suite, "name": HOSTILE, "cases": "suites/hostile.jsonl"}))
    attacked.write("keyed.yaml", json.dumps({**suite, HOSTILE: 1, "cases": f"{HOSTILE}.jsonl"}))
    attacked.write(f"{HOSTILE}.yaml", json.dumps({**suite, "metrics": [HOSTILE]}))
    attacked.write(f"{HOSTILE}.py", f"raise RuntimeError({HOSTILE!r})")
    attacked.recipe(f"{HOSTILE} recipe.yaml", model=f"fake:{HOSTILE} none.json")
    attacked.write("answers.jsonl", json.dumps({"id": HOSTILE, "error": HOSTILE}) + "\n")
    model = "fake:before.json"
    for command in (
        ("evaluate", model, "--suite", "named.yaml"),
        ("evaluate", model, "--suite", "keyed.yaml"),
        ("evaluate", model, "--suite", f"{HOSTILE}.yaml"),
        ("evaluate", model, "--suite", HOSTILE),
        ("evaluate", f"fake:{HOSTILE} none.json", "--suite", "hostile"),
        ("evaluate", f"{HOSTILE}:x", "--suite", "hostile"),
        ("evaluate", model, "--suite", "hostile", "--option", f"{HOSTILE}={HOSTILE}"),
        ("evaluate", "--predictions", "answers.jsonl", "--suite", "hostile"),
        ("evaluate", "--predictions", f"{HOSTILE}.jsonl", "--suite", "hostile"),
        ("gate", "--suite", "hostile", "--baseline", HOSTILE),
        ("gate", "--suite", "hostile", "--baseline", f"{HOSTILE}.json"),
        ("baselines", "set", HOSTILE, HOSTILE),
        ("baselines", "import", f"{HOSTILE}.yaml"),
        ("report", HOSTILE),
        ("report", "--format", HOSTILE),
        ("run", f"{HOSTILE} recipe.yaml"),
        ("run", f"{HOSTILE}.yaml"),
        ("--plugin", f"{HOSTILE}.py", "plugins"),
        ("--plugin", f"{HOSTILE}.py", "plugins", "--json"),
        (HOSTILE,),
        ("runs", f"--{HOSTILE}"),
    ):
        say(*command)


@pytest.mark.slow
def test_a_run_with_a_hostile_name_is_told_plainly(attacked: Project, say: Say) -> None:
    recipe = json.loads((attacked.folder / "recipe.yaml").read_text(encoding="utf-8"))
    attacked.write("recipe.yaml", json.dumps({**recipe, "name": HOSTILE}))
    say("run", "recipe.yaml", code=0)
    for form in FILES:
        say("report", "latest", "--format", form, "--output", "-")
    say("runs")
    say("runs", "--json")


def test_what_plugins_print_and_log_is_plain(attacked: Project, say: Say) -> None:
    attacked.write(
        "loud.py",
        f"import logging\nfrom harness import metric\nprint({HOSTILE!r})\n"
        "@metric\n"
        "def loud(answered) -> float:\n"
        f"    print({HOSTILE!r})\n"
        f"    logging.getLogger('harness').warning({HOSTILE!r})\n"
        f"    raise ValueError({HOSTILE!r})\n",
    )
    attacked.suite("loud", metrics=["loud"])
    attacked.model("good")
    said = say("--plugin", "loud.py", "evaluate", "fake:good.json", "--suite", "loud")
    assert "prints to stdout" in said
    say("--plugin", "loud.py", "plugins")


@pytest.mark.parametrize("status", [200, 400, 401, 404, 429, 500])
def test_what_a_server_says_is_told_plainly(attacked: Project, say: Say, status: int) -> None:
    attacked.suite("asked", cases="hostile.jsonl", choices=None, metrics=["exact-match"])
    server = FaultServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    choice = {"message": {"content": HOSTILE}, "finish_reason": HOSTILE}
    error = {"message": HOSTILE, "type": HOSTILE, "code": HOSTILE}
    server.status = status
    server.bodies = {"": json.dumps({"choices": [choice]} if status == 200 else {"error": error}).encode()}
    options = [f"base_url={server.url}", "retries=1", "backoff=0.01", "concurrency=4"]
    try:
        given = [part for option in options for part in ("--option", option)]
        say("evaluate", "openai:tiny", "--suite", "asked", *given)
        say("evaluate", "openai:tiny", "--suite", "asked", "--json", *given)
        for form in FILES:
            say("report", "latest", "--format", form, "--output", "-")
    finally:
        server.shutdown()
        server.server_close()


def test_the_live_bar_of_a_hostile_name_is_plain() -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=100, color_system=None)
    with stage(HOSTILE, console=console, total=3) as advance:
        for _ in range(3):
            advance(note=HOSTILE)
            time.sleep(0.2)
    drawn = re.sub(r"\x1b\[(\?25[lh]|\d*[AKm]|2K)", "", shown.getvalue())  # how the bar itself is drawn
    assert RAW.findall(drawn.replace("\r", "")) == []


def test_text_is_printed_in_few_places_which_leave_out_what_is_raw() -> None:
    found = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert found == {"cli/__init__.py", "cli/invocation.py", "cli/streams.py"}
