"""Who may import whom, and what must stay out of a light start."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path

import house_rules as rules
import pytest

SITE = Path(str(find_spec("harness").origin)).parents[1]  # type: ignore[union-attr]
PLUGINS = Path(str(find_spec("harness_metrics").origin)).parents[1]  # type: ignore[union-attr]
RULES = [
    rules.imports_upwards,
    rules.circles,
    rules.libraries_away_from_home,
    rules.records_that_know_too_much,
    rules.packages_that_hand_on,
    rules.plugins_that_reach_inside,
    rules.second_tables_of_kinds,
    rules.labels_by_hand,
    rules.tables_named_outside_the_store,
    rules.names_of_nothing,
]


@pytest.fixture(scope="module")
def house() -> rules.House:
    return rules.House(*dict.fromkeys([SITE, PLUGINS]))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Callable[[rules.House], Iterable[str]], house: rules.House) -> None:
    assert list(rule(house)) == []


def test_no_folder_is_crowded() -> None:
    assert [line for folder in dict.fromkeys([SITE, PLUGINS]) for line in rules.crowded(folder)] == []


BREACHES: list[tuple[Callable[[rules.House], Iterable[str]], dict[str, str], str]] = [
    (rules.imports_upwards, {"types/a": "from harness.errors import said"}, "rank 0"),
    (
        rules.imports_upwards,
        {"data/a": "def f():\n    from harness.store.store import Store"},
        "rank 5",
    ),
    (rules.imports_upwards, {"documents/a": "import harness"}, "the whole package"),
    (
        rules.circles,
        {"data/a": "import harness.data.b", "data/b": "import harness.data.a"},
        "→",
    ),
    (
        rules.circles,
        {
            "data/a": "from harness.data import b",
            "data/b": "def f(): import harness.data.a",
        },
        "→",
    ),
    (
        rules.libraries_away_from_home,
        {"report/model": "from rich.text import Text"},
        "imports rich",
    ),
    (
        rules.libraries_away_from_home,
        {"runs/a": "def f():\n    import torch.nn"},
        "imports torch",
    ),
    (
        rules.libraries_away_from_home,
        {"host/indexing/a": "def f():\n    import subprocess"},
        "imports subprocess",
    ),
    (
        rules.libraries_away_from_home,
        {"../harness_x/a": "from subprocess import run"},
        "harness_x.a imports subprocess",
    ),
    (
        rules.records_that_know_too_much,
        {"suites/records": "from harness.documents.reading import M"},
        "reading",
    ),
    (
        rules.packages_that_hand_on,
        {"store/__init__": "from harness.store.lock import locked"},
        "lock",
    ),
    (
        rules.plugins_that_reach_inside,
        {"../harness_x/a": "from harness.runs.loop import refine"},
        "runs",
    ),
    (
        rules.second_tables_of_kinds,
        {"host/a": "METHODS = {'metric': 1, 'cleaner': 2, 'safety check': 3, 'backend': 4}"},
        "has a table of backend, cleaner, metric, safety check",
    ),
    (
        rules.labels_by_hand,
        {"runs/a": "def f(built): return f'plugin {built.plugin}: metric {built.use!r}'"},
        "writes the label",
    ),
    (
        rules.tables_named_outside_the_store,
        {"runs/a": "def f(journal): journal.add('cycles', [])"},
        "harness.runs.a names the table cycles",
    ),
    (
        rules.tables_named_outside_the_store,
        {"report/a": "SQL = f'SELECT {1} FROM cases'"},
        "harness.report.a names the table cases",
    ),
    (
        rules.tables_named_outside_the_store,
        {"baselines/a": "TABLES = ['suite_cases']"},
        "harness.baselines.a names the table suite_cases",
    ),
    (
        rules.names_of_nothing,
        {"cli/a": "START = 'harness.host.gone:run'"},
        "harness.host.gone",
    ),
]


@pytest.mark.parametrize(
    ("rule", "files", "found"),
    BREACHES,
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_breach_is_seen(
    rule: Callable[[rules.House], Iterable[str]],
    files: dict[str, str],
    found: str,
    tmp_path: Path,
) -> None:
    for name, text in files.items():
        file = tmp_path / "harness" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (line, *_) = rule(rules.House(tmp_path))
    assert found in line


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ([f"harness/data/m{n}.py" for n in range(16)], "harness/data has 16 modules"),
        (["harness/utils.py"], "harness/utils.py has no rank"),
        (
            [f"harness/{name}" for name in (*rules.RANK, "a", "b", "c", "d", "e")],
            "harness has 23 entries",
        ),
    ],
)
def test_a_crowded_folder_is_seen(names: list[str], found: str, tmp_path: Path) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert found in list(rules.crowded(tmp_path))


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["plugins"], ["runs"], ["suites", "list"], ["schema", "suite"]],
)
def test_light_commands_import_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    code = (
        "import sys; from harness.cli import main; main(sys.argv[1:]); "
        f"print([name for name in {rules.HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_importing_the_package_loads_no_library() -> None:
    libraries = ("pydantic", "numpy", "duckdb", "rich", "typer")
    code = f"import sys, harness; print([name for name in {libraries!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_command_imports_no_other_command() -> None:
    code = (
        "import sys; from harness.cli import main; main(['plugins', '--help']); "
        "print(sorted({'harness.cli.plugins', 'harness.cli.gate', 'harness.cli.suites'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['harness.cli.plugins']"


def test_the_readme_of_the_house_has_each_room_at_its_rank() -> None:
    text = (Path(__file__).parents[1] / "harness" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| (`[^|]+`) \|", text, re.MULTILINE)
    told = {name.strip("`/").removesuffix(".py"): int(rank) for rank, names in rows for name in names.split(", ")}
    assert told == rules.RANK


def test_what_the_readme_of_the_house_names_is_there() -> None:
    root = Path(__file__).parents[1]
    text = (root / "harness" / "README.md").read_text(encoding="utf-8")
    for line in text.splitlines():
        room = next(iter(re.findall(r"^\| \d \| `(\w+)/`", line)), "")
        for name in re.findall(r"`(\w+/[\w/.]*|\w+\.\w+)`", line):
            places = (root, root / "harness", root / "harness" / room)
            assert any((place / name).exists() for place in places) or any((root / "harness").rglob(name)), name
