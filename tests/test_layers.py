"""Who may import whom (design: ranks), and what must stay out of a light start."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

RANK = {
    "types": 0, "records": 0, "errors": 0, "hashing": 0, "component": 0, "suggest": 0, "sizes": 0, "collecting": 0,
    "fits": 0, "heavy": 0, "untracked": 0, "strictjson": 0, "wholefiles": 0,
    "file_formats": 0, "thoughts": 0, "plain": 0, "blanks": 0,
    "regular_files": 0, "time_limits": 0, "patterns": 0, "messages": 0, "visible": 0, "finish_reasons": 0,
    "protocols": 1, "hookspecs": 1, "decorators": 1, "scores": 1,
    "host": 2, "code": 2, "options": 2, "isolation": 2, "documents": 2, "jsonlines": 2, "config": 2, "cases": 2,
    "bounded_yaml": 2, "recorded": 2, "suites": 2, "store": 2, "lmeval": 2, "schemas": 2, "scaffold": 2,
    "prepare": 3, "cleaning": 3, "contamination": 3, "filesets": 3, "evaluation": 3, "statistics": 3, "proportions": 3,
    "estimation": 3, "rounding": 3, "power": 3, "detection": 3, "slices": 3, "repeats": 3, "verdicts": 3,
    "pairing": 3, "comparison": 3, "gate": 3, "checking": 3, "spelling": 3, "testing": 3,
    "preflight": 4, "refusals": 4, "planning": 4, "baselines": 4, "session": 4, "loop": 4, "report": 4, "demo": 4,
    "doctor": 4, "proposals": 4,
    "cli": 5,
}  # fmt: skip
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


@pytest.mark.parametrize("name", [name for name, rank in RANK.items() if rank == 3 and name != "testing"])
def test_rank_three_knows_neither_host_nor_store_nor_config(name: str) -> None:
    found = set().union(*(imported(path) for one, path in modules() if one == name))
    assert {RANK[other] for other in found} <= {0, 1, 3}


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
