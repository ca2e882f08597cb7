"""A new distribution, from the templates beside this module. Its files are their folders', `PACKAGE` put in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from packaging.version import Version

from harness.authoring.scaffold.names import package_of
from harness.documents.whole_files import write_new
from harness.errors import UsageError
from harness.types.component import OWN_DISTRIBUTION, ComponentKind, KindWord


@dataclass(frozen=True, slots=True)
class Sort:
    """What is written for a kind: one component, and the line that says what it does."""

    component: ComponentKind
    summary: str


SORT_OF_KIND: Mapping[KindWord, Sort] = {
    "metric": Sort("metric", "share of replies that end politely"),
    "dataset": Sort("dataset", "a question, a tab and an answer in each row of a file"),
    "cleaner": Sort("cleaner", "drops conversations in which a reply repeats the question"),
    "trainer": Sort("trainer", "learns replies by heart"),
    "safety": Sort("safety check", "replies that promise what nobody can keep"),
    "backend": Sort("backend", "opens tables of questions and replies"),
    "refiner": Sort("refiner", "tries a list of values for one setting"),
}


def write_distribution(name: str, kind: KindWord, parent: Path, taken: Collection[str] = ()) -> list[Path]:
    """Write the distribution `name` into `parent`/`name` and return its files; `taken`: names of components there are.

    UsageError, before anything is written, where the name will not do or the folder has something in it.
    """
    package = package_of(name, taken)
    folder = parent / name
    texts = {folder / file: text for file, text in _rendered(name, package, kind)}
    others = {file for file in folder.rglob("*") if not file.is_dir()} - texts.keys() if folder.is_dir() else set()
    if others or (folder.exists() and not folder.is_dir()):
        raise UsageError(f"plugins new: {folder} is there already and not empty; choose another name or --dir")
    write_new(texts)
    return list(texts)


def requirement_on(running: str) -> str:
    """The releases that a plugin works with which is made for this one: up to the next that may change its API."""
    release = Version(running)
    first = running if release.is_prerelease else f"{release.major}.{release.minor}"
    end = f"0.{release.minor + 1}" if release.major == 0 else f"{release.major + 1}"
    return f"{OWN_DISTRIBUTION}>={first},<{end}"


def _rendered(name: str, package: str, kind: KindWord) -> list[tuple[Path, str]]:
    """Every file of the distribution with its text, by name."""
    # Signs that neither Python, TOML, YAML nor GitHub's ${{ }} uses.
    environment = Environment(
        loader=PackageLoader("harness.authoring.scaffold"),
        undefined=StrictUndefined,
        variable_start_string="<<",
        variable_end_string=">>",
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    summary = SORT_OF_KIND[kind].summary
    known = {
        "name": name,
        "package": package,
        "summary": summary,
        "sentence": f"{summary[0].upper()}{summary[1:]}.",
        "requirement": requirement_on(version(OWN_DISTRIBUTION)),
    }
    return [
        (Path(file.replace("PACKAGE", package)), environment.get_template(template).render(known))
        for template, file in sorted(_templates(environment, kind))
    ]


def _templates(environment: Environment, kind: KindWord) -> Iterator[tuple[str, str]]:
    """The templates of a kind and the files that they become."""
    for template in environment.list_templates():
        folder, _, file = template.partition("/")
        if folder in ("every", kind):
            yield template, file.removesuffix(".jinja")
