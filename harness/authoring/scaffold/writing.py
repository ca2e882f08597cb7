"""A new distribution, from the templates beside this module. Its files are their folders', `PACKAGE` put in.

Those of a kind of component are in the folder of its word, beside one line that says what the example does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from packaging.version import Version

from harness.authoring.scaffold.names import package_of
from harness.documents.whole_files import write_new
from harness.errors import UsageError
from harness.types.component import OWN_DISTRIBUTION, Kind

_SUMMARY = "summary.txt"


def write_distribution(name: str, kind: Kind, parent: Path, taken: Collection[str] = ()) -> list[Path]:
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


def summary_of(kind: Kind) -> str:
    """What the example of this kind does, in one line."""
    return _templates().get_template(f"{kind.word}/{_SUMMARY}").render().strip()


def _templates() -> Environment:
    # Signs that neither Python, TOML, YAML nor GitHub's ${{ }} uses.
    return Environment(
        loader=PackageLoader("harness.authoring.scaffold"),
        undefined=StrictUndefined,
        variable_start_string="<<",
        variable_end_string=">>",
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )


def _rendered(name: str, package: str, kind: Kind) -> Iterator[tuple[Path, str]]:
    """Every file of the distribution with its text, by name."""
    environment, summary = _templates(), summary_of(kind)
    known = {
        "name": name,
        "package": package,
        "summary": summary,
        "sentence": f"{summary[0].upper()}{summary[1:]}.",
        "requirement": requirement_on(version(OWN_DISTRIBUTION)),
    }
    for template in sorted(environment.list_templates()):
        folder, _, file = template.partition("/")
        if folder in ("every", kind.word) and file != _SUMMARY:
            place = file.removesuffix(".jinja").replace("PACKAGE", package)
            yield Path(place), environment.get_template(template).render(known)
