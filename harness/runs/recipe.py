"""recipe.yaml -> Recipe: what to train, on which data, and which suites decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationError

from harness.documents.oddities import oddities
from harness.documents.reading import Components, Document, PathText, load_document, parse_value
from harness.documents.regular_files import resolved
from harness.errors import UsageError, did_you_mean
from harness.host.options import Written
from harness.types import ModelReference


class Use(Document):
    """A component and its options: `{use: name, option: value}`, or the name alone."""

    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)

    use: str

    def as_mapping(self) -> dict[str, Any]:
        return {"use": self.use, **(self.model_extra or {})}


def _named(value: Any) -> Any:
    return {"use": value} if isinstance(value, str) else value


AnyUse = Annotated[Use, BeforeValidator(_named)]


class ModelSpec(Document):
    """A model: `reference` is a folder, a hub name or an alias; `backend` a backend and its options."""

    reference: PathText
    adapter: PathText | None = None
    revision: str | None = None
    backend: AnyUse = Use(use="transformers")


class SuiteUse(Document):
    """A suite, by name or path. `limit` takes the first cases of the tier by content order: a frozen subset."""

    use: PathText
    tier: Literal["dev", "gate", "vault", "all"] = "gate"
    limit: Annotated[int, Field(ge=1)] | None = None

    def selection(self, tier: str | None = None) -> str:
        chosen = tier or self.tier
        return f"{chosen}:{self.limit}" if self.limit else chosen


class Plugins(Document):
    """Which plugins a run may use. `allow` lists installed plugins; without it all of them are loaded."""

    files: list[PathText] = Field(default_factory=list)
    allow: list[str] | None = None
    disable: list[str] = Field(default_factory=list)


def _model(value: Any) -> Any:
    return model_spec(value) if isinstance(value, str) else value


class Recipe(Document):
    """One training recipe. Paths in it resolve against the folder of its file."""

    name: str
    model: Annotated[ModelSpec, BeforeValidator(_model)]
    data: Annotated[Components[AnyUse], Field(min_length=1)]
    cleaners: Components[AnyUse] = Field(default_factory=list)
    validation: Annotated[float, Field(ge=0, lt=1)] = 0.1
    allow_contaminated: bool = False
    trainer: AnyUse = Use(use="sft")
    suites: Annotated[Components[Annotated[SuiteUse, BeforeValidator(_named)]], Field(min_length=1)]
    policy: Literal["default", "strict", "lenient"] = "default"
    refiner: AnyUse | None = None
    plugins: Plugins = Plugins()
    seed: Annotated[int, Field(ge=0)] = 0

    _folder: Path = PrivateAttr(default=Path())

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def plugin_files(self) -> list[Path]:
        return [self.folder / file for file in self.plugins.files]

    def record(self) -> dict[str, Any]:
        """The recipe as JSON values, to be stored, hashed and patched."""
        return self.model_dump(mode="json")


def load_recipe(path: Path) -> Recipe:
    """The recipe of a file; UsageError names file, line and key."""
    return _at(load_document(path, Recipe), resolved(path).parent)


def recipe_from_record(record: Mapping[str, Any], folder: Path) -> Recipe:
    """The inverse of `Recipe.record`."""
    return _at(Recipe.model_validate(record), folder)


def patched(recipe: Recipe, patch: Mapping[str, Any]) -> Recipe:
    """The recipe with dotted keys set, `{"trainer.learning_rate": 1e-4}`; UsageError on a key that leads nowhere."""
    record = recipe.record()
    for odd, what in oddities(patch):
        raise UsageError(f"setting {'.'.join(map(str, odd))!r}: {what}")
    for key, value in patch.items():
        *path, last = key.split(".")
        inner: Any = record
        for part in path:
            inner = _step(inner, part, key)
        if not path:
            _step(inner, last, key)
        if isinstance(inner, dict):
            inner[last] = value
        else:
            _step(inner, last, key)
            inner[int(last)] = value
    try:
        return recipe_from_record(record, recipe.folder)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"setting {place!r}: {first['msg'].lower()}, got {first['input']!r}") from error


def model_spec(
    text: str, adapter: str | None = None, options: Sequence[str] = (), folder: Path = Path()
) -> dict[str, Any]:
    """`REFERENCE` or `BACKEND:REFERENCE` as the mapping that a recipe would hold, with `KEY=VALUE` for the backend.

    A path in `folder` is no backend. A value is read as YAML, as in a recipe, but a number needs no quotes where the
    option is a text. Raises UsageError where an option has no key or no value.
    """
    backend, colon, reference = text.partition(":")
    # One letter before the colon is a Windows drive, a slash a path.
    if not colon or len(backend) < 2 or "/" in backend or (folder / text).exists():
        backend, reference = "transformers", text
    return {"reference": reference, "adapter": adapter, "backend": {"use": backend, **_options(options)}}


def _options(written: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in written:
        key, equals, value = one.partition("=")
        if not equals or not key.strip() or key.strip() == "use":
            raise UsageError(f"--option {one!r}: write KEY=VALUE, for example dtype=bfloat16")
        if key.strip() in found:
            raise UsageError(f"--option {one!r}: {key.strip()!r} is given twice; keep one of them")
        try:
            found[key.strip()] = _value(value.strip())
        except ValueError as error:
            raise UsageError(f"--option {one!r}: the value {error}") from error
    return found


def _value(text: str) -> Any:
    value = parse_value(text)
    return Written(text, value) if isinstance(value, bool | int | float) else value


def model_reference(spec: ModelSpec, folder: Path) -> ModelReference:
    """The reference that a backend gets: folders made absolute where they exist beside the file that names them."""
    here = folder / Path(spec.reference).expanduser()
    reference = str(resolved(here)) if here.exists() else spec.reference
    adapter = str(resolved(folder / Path(spec.adapter).expanduser())) if spec.adapter else None
    return ModelReference(reference=reference, adapter=adapter, revision=spec.revision, backend=spec.backend.use)


def _step(inner: Any, part: str, key: str) -> Any:
    if isinstance(inner, list) and part.isdigit() and int(part) < len(inner):
        return inner[int(part)]
    if not isinstance(inner, dict) or part not in inner:
        known = (
            list(inner)
            if isinstance(inner, dict)
            else [str(i) for i in range(len(inner))]
            if isinstance(inner, list)
            else []
        )
        raise UsageError(
            f"setting {key!r}: the recipe has no {part!r}{did_you_mean(part, known)}; known: {', '.join(known)}"
        )
    return inner[part]


def _at(recipe: Recipe, folder: Path) -> Recipe:
    recipe._folder = folder
    return recipe
