"""The rules of the house: who imports whom, which library lives where, how full a room is.

Each rule takes the files of a tree and yields a line for each breach, so that a planted one shows that the rule sees
it. Imports inside functions and those for type checkers count, too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

from harness.types.component import KINDS

RANK = {
    "types": 0, "errors": 0,
    "protocols": 1, "documents": 1,
    "suites": 2, "data": 2, "hookspecs": 2, "decorators": 2,
    "evaluation": 3,
    "comparison": 4, "host": 4,
    "store": 5, "testing": 5,
    "baselines": 6, "report": 6,
    "runs": 7,
    "authoring": 8,
    "cli": 9,
}  # fmt: skip
"""What has a rank may import what has a lower one."""

HOMES = {
    "datasets": ("suites.lmeval.data",),  # task files name hub data sets; imported where one does
    "duckdb": ("store", "suites.lmeval.readers"),  # task files name Parquet and CSV
    "filelock": ("store", "runs"),
    "hypothesis": ("testing",),
    "jinja2": (
        "report.html",
        "authoring.scaffold",
        "suites.lmeval.fields",
    ),  # task files hold templates
    "pluggy": ("host", "hookspecs"),
    "pytest": ("testing", "authoring.doctor"),
    "rich": ("report.terminal", "cli"),
    "ruptures": ("report.query",),
    "scipy": ("comparison",),
    "subprocess": (
        "host.isolation.children",  # whoever stands above it starts processes there
        "documents.patterns",  # stands below it; ends an expression of `re` that nothing else can stop
        "harness_transformers.identity",  # a plugin, which may not reach inside; has pip fetch a wheel
    ),
    "typer": ("cli",),
    **dict.fromkeys(
        ("pydantic", "yaml"),
        ("documents", "suites", "host", "store", "report", "runs", "authoring"),
    ),
}
"""Where in `harness` a library may be imported; `subprocess` in plugins, too."""

HEAVY = (
    "torch",
    "transformers",
    "datasets",
    "evaluate",
    "peft",
    "sacrebleu",
    "rouge_score",
    "trl",
)
"""What only plugins import, and what they import from there when a component works."""

PUBLIC = (
    "types",
    "protocols",
    "errors",
    "testing",
    "documents",
    "hookspecs",
    "decorators",
)
"""What plugins may import of `harness`, beside the package itself."""

MOST_AT_THE_TOP = 22
MOST_IN_A_FOLDER = 15


@dataclass(frozen=True)
class Module:
    """A module of `harness` or of a plugin package, by its dotted name."""

    name: str
    file: Path

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.file.read_text(encoding="utf-8"))

    @property
    def room(self) -> str:
        """The top folder or module below `harness`; empty for the package itself."""
        return self.name.partition(".")[2].partition(".")[0]


class House:
    """The modules below some folders, each of which holds packages."""

    def __init__(self, *folders: Path) -> None:
        self.modules: Mapping[str, Module] = {module.name: module for folder in folders for module in _modules(folder)}

    def core(self) -> Iterator[Module]:
        return (module for module in self.modules.values() if module.name.split(".")[0] == "harness")

    def plugins(self) -> Iterator[Module]:
        return (module for module in self.modules.values() if module.name.startswith("harness_"))

    def imported(self, module: Module) -> Iterator[str]:
        """The dotted names of the modules that it imports, at any depth of its code."""
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    below = f"{node.module}.{alias.name}"
                    yield below if below in self.modules else node.module
            elif isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)


def _modules(folder: Path) -> Iterator[Module]:
    for file in sorted(folder.glob("harness*/**/*.py")):
        parts = file.relative_to(folder).with_suffix("").parts
        yield Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), file)


def imports_upwards(house: House) -> Iterator[str]:
    """A room imports lower ranks only, never its own rank."""
    for module in house.core():
        for name in house.imported(module) if module.room else ():
            room = name.partition(".")[2].partition(".")[0]
            if name == "harness":
                if RANK[module.room] < RANK["host"]:
                    yield f"{module.name} imports the whole package"
            elif name.startswith("harness.") and room != module.room and RANK[room] >= RANK[module.room]:
                yield f"{module.name} (rank {RANK[module.room]}) imports {name} (rank {RANK[room]})"


def circles(house: House) -> Iterator[str]:
    """No file imports itself by way of others."""
    below = {
        name: {one for one in house.imported(module) if one in house.modules} for name, module in house.modules.items()
    }
    done: set[str] = set()
    path: list[str] = []

    def visit(name: str) -> Iterator[str]:
        if name in path:
            yield " → ".join([*path[path.index(name) :], name])
        elif name not in done:
            path.append(name)
            for other in sorted(below[name] - {name}):
                yield from visit(other)
            path.pop()
            done.add(name)

    for name in below:
        yield from visit(name)


def libraries_away_from_home(house: House) -> Iterator[str]:
    """A library is imported in its rooms, a heavy one by plugins, a process started by `children`."""
    for module in (*house.core(), *house.plugins()):
        place, ours = module.name.removeprefix("harness."), module.name.split(".")[0] == "harness"
        for library in {name.split(".")[0] for name in house.imported(module) if ours or name == "subprocess"}:
            homes = HOMES.get(library)
            if not _is_in(place, homes or ()) and (homes or library in HEAVY):
                yield f"{module.name} imports {library}"


def _is_in(place: str, homes: Sequence[str]) -> bool:
    return any(place == home or place.startswith(f"{home}.") for home in homes)


def records_that_know_too_much(house: House) -> Iterator[str]:
    """`records.py` imports types, errors and other `records.py`: whoever reads a record pays for no more."""
    for module in house.core():
        for name in house.imported(module) if module.file.name == "records.py" else ():
            known = name.split(".")[-1] == "records" or _is_in(name.removeprefix("harness."), ("types", "errors"))
            if name.startswith("harness") and not known:
                yield f"{module.name} imports {name}"


def packages_that_hand_on(house: House) -> Iterator[str]:
    """An `__init__` imports nothing of its room, unless the room is public or the import is within a function."""
    for module in house.core():
        if module.file.name != "__init__.py" or module.room in ("", *PUBLIC) or module.name == "harness.cli":
            continue
        for node in module.tree.body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{module.name}."):
                yield f"{module.name} imports {node.module}"


def plugins_that_reach_inside(house: House) -> Iterator[str]:
    """First-party plugins import what any plugin may."""
    for module in house.plugins():
        for name in house.imported(module):
            if name.startswith("harness.") and not _is_in(name.removeprefix("harness."), PUBLIC):
                yield f"{module.name} imports {name}"


def crowded(folder: Path) -> Iterator[str]:
    """Too many entries at the top of `harness`, or modules in a folder; `cli` has one a command."""
    top = [entry.name for entry in (folder / "harness").glob("*") if entry.name != "__pycache__"]
    if len(top) > MOST_AT_THE_TOP:
        yield f"harness has {len(top)} entries"
    for name in top:
        if name.removesuffix(".py") not in {*RANK, "__init__", "py.typed", "README.md"}:
            yield f"harness/{name} has no rank"
    for below in sorted({file.parent for file in folder.glob("harness*/**/*.py")}):
        count = len(list(below.glob("*.py")))
        if count > MOST_IN_A_FOLDER and below.relative_to(folder).as_posix() != "harness/cli":
            yield f"{below.relative_to(folder)} has {count} modules"


LABELS_WHERE = "harness.errors"


def labels_by_hand(house: House) -> Iterator[str]:
    """What a message calls a component is written by `plugin_label`: no text begins `plugin {…}: ` anywhere else."""
    for module in house.core():
        for node in ast.walk(module.tree) if module.name != LABELS_WHERE else ():
            if not isinstance(node, ast.JoinedStr) or len(node.values) < 2:
                continue
            first, _, *rest = [one.value if isinstance(one, ast.Constant) else "" for one in node.values]
            if first == "plugin " and str(next(iter(rest), "")).startswith(":"):
                yield f"{module.name} line {node.lineno} writes the label of a plugin"


MOST_KINDS = 3
"""So many kinds may a display name before it is a table of them: three keys of a recipe are called like kinds."""


def second_tables_of_kinds(house: House) -> Iterator[str]:
    """What is to be known of each kind of component stands in `KINDS`: no other display is keyed by their names."""
    for module in house.core():
        for node in ast.walk(module.tree) if module.name != "harness.types.component" else ():
            names = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", ())
            told = {name.value for name in names if isinstance(name, ast.Constant) and name.value in KINDS}
            if len(told) > MOST_KINDS:
                yield f"{module.name} line {getattr(node, 'lineno', 0)} has a table of {', '.join(sorted(told))}"


@cache
def table_names() -> frozenset[str]:
    """The tables of the store's schema, as its migrations make them."""
    folder = Path(str(find_spec("harness.store").origin)).parent / "migrations"  # type: ignore[union-attr]
    made = (re.findall(r"CREATE TABLE (\w+)", file.read_text(encoding="utf-8")) for file in folder.glob("*.sql"))
    return frozenset(name for names in made for name in names if not name.startswith("unindexed_"))


def tables_named_outside_the_store(house: House) -> Iterator[str]:
    """No text outside `store` names a table; others hand the journal records, and ask questions by their names.

    Many tables are called by ordinary words, such as `cases`, which are keys of documents, too. So what is seen is a
    name with an underscore anywhere, any name as the first argument of `add` or `plain_row`, and any name
    behind a word of SQL in capitals, such as `FROM`.
    """
    queried = re.compile(rf'\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+"?({"|".join(sorted(table_names()))})\b')
    for module in house.modules.values():
        for node in ast.walk(module.tree) if module.room != "store" else ():
            found = _text(node.args[0]) if isinstance(node, ast.Call) and _writes_rows(node) else ""
            text = _text(node)
            found = found if found in table_names() else text if text in table_names() and "_" in text else ""
            for name in [found] if found else queried.findall(text):
                yield f"{module.name} names the table {name}"


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _writes_rows(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in ("add", "plain_row") and bool(call.args)


_NAMED = re.compile(r"harness(?:\.\w+)+")


def names_of_nothing(house: House) -> Iterator[str]:
    """A text that is a module's dotted name, alone or before a colon, names one that exists."""
    for module in house.modules.values():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            name = node.value.partition(":")[0]
            if _NAMED.fullmatch(name) and name not in house.modules and not name.endswith((".yaml", ".jsonl")):
                yield f"{module.name} names {name}"
