"""Who may import whom (design: ranks), and what must stay out of a light start."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

RANK = {
    "errors": 0,
    "types": 0,
    "documents": 1,
    "protocols": 1,
    "data": 2,
    "decorators": 2,
    "hookspecs": 2,
    "suites": 2,
    "evaluation": 3,
    "comparison": 4,
    "host": 4,
    "store": 5,
    "testing": 5,
    "baselines": 6,
    "report": 6,
    "runs": 7,
    "authoring": 8,
    "cli": 9,
}
HEAVY = ("torch", "transformers", "datasets", "evaluate", "peft", "sacrebleu", "rouge_score")
PACKAGE = Path(str(find_spec("harness").origin)).parent  # type: ignore[union-attr]


def modules() -> list[tuple[str, Path]]:
    return [(path.relative_to(PACKAGE).parts[0].removesuffix(".py"), path) for path in PACKAGE.rglob("*.py")]


def imported(path: Path) -> set[str]:
    """The names below `harness` that a module imports, at any depth of its code."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "harness":
            found |= {alias.name for alias in node.names if alias.name in RANK}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("harness."):
            found.add(str(node.module).split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("harness.")}
    return found


def test_every_module_has_a_rank() -> None:
    assert {name for name, _ in modules()} - {"__init__"} == set(RANK)


@pytest.mark.parametrize(("name", "path"), modules(), ids=lambda value: str(value)[-40:])
def test_nothing_imports_a_higher_rank(name: str, path: Path) -> None:
    if name == "__init__":
        return
    above = {other for other in imported(path) if RANK[other] > RANK[name]}
    assert not above


@pytest.mark.parametrize("arguments", [["--help"], ["plugins"], ["runs"], ["suites", "list"], ["schema", "suite"]])
def test_light_commands_import_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    code = (
        "import sys; from harness.cli import main; main(sys.argv[1:]); "
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=tmp_path, capture_output=True, text=True)
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
