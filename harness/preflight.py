"""Everything that can be checked before a model is loaded: names, options, suites, data, lengths, disk."""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.config import ModelSpec, Recipe, Use, model_reference
from harness.data.cleaning import Part
from harness.data.prepare import load_all
from harness.errors import HarnessError, PluginError, StoreError, UsageError, did_you_mean, said
from harness.host.building import Built, build
from harness.host.host import PluginHost
from harness.protocols import Backend, CountsTokens, KnowsAccuracy, Metric, Prepares, Warns
from harness.store.rows.stored_cases import StoredCases
from harness.store.rows.suite_part import SuitePart
from harness.store.store import Store
from harness.suites.document import load_suite
from harness.suites.records import CheckUse, Generation, MetricUse, Suite
from harness.suites.tiers import parse_selection, select, split
from harness.types import (
    Accuracy,
    Answered,
    Case,
    Identity,
    Kind,
    Likelihood,
    ModelReference,
    OpenRequest,
    Prediction,
    Rejected,
    Tier,
)
from harness.types.choices import VERSION as CHOICES_RULE
from harness.types.component import ComponentKind
from harness.types.hashing import content_hash
from harness.types.thoughts import VERSION as THOUGHTS_RULE
from harness.types.validation import misfit, number_of

_log = logging.getLogger("harness")
FREE_BYTES_NEEDED = 1_000_000_000
"""For checkpoints and results; a smaller disk fills up in the middle of a training."""
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class BuiltMetric:
    """A metric at work; `warnings` is what it will not see in the suite's cases, by its own word."""

    use: MetricUse
    built: Built
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BuiltCheck:
    use: CheckUse
    built: Built

    @property
    def accuracy(self) -> Accuracy:
        check = self.built.instance
        return check.accuracy if isinstance(check, KnowsAccuracy) else ()


@dataclass(frozen=True)
class BuiltSuite:
    """A suite with its metrics and checks at work, and the selection of cases to measure.

    `draws`: so many times the samples that the suite asks for, where a loss is looked at again. `only`: the contents of
    the cases to compare on, where not all of the suite may count.
    """

    suite: Suite
    selection: str
    metrics: tuple[BuiltMetric, ...]
    checks: tuple[BuiltCheck, ...]
    draws: int = 1
    only: frozenset[str] | None = None

    @property
    def generation(self) -> Generation:
        return replace(self.suite.generation, samples=self.suite.generation.samples * self.draws)

    @property
    def drawn(self) -> bool:
        """Whether replies differ from draw to draw."""
        return self.suite.generation.temperature > 0 and "text" in self.kinds

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        selected = select(self.suite, self.selection)
        return selected if self.only is None else tuple(case for case in selected if case.content in self.only)

    @cached_property
    def tier_of(self) -> Mapping[str, Tier]:
        return split(self.suite)

    @property
    def part(self) -> SuitePart:
        """The selection, as it is asked of the store."""
        tier, first = parse_selection(self.selection)
        return SuitePart(self.suite.version, tier, first, self.only)

    @property
    def kinds(self) -> frozenset[Kind]:
        """What has to be asked of a model; checks read text."""
        read: set[Kind] = {metric.built.instance.reads for metric in self.metrics}
        return frozenset(read | ({"text"} if self.checks else set()))


@dataclass(frozen=True, slots=True)
class BuiltModel:
    """A model's reference, the backend that opens it and who it is."""

    reference: ModelReference
    backend: Built
    identity: Identity


@dataclass(frozen=True, slots=True)
class BuiltRecipe:
    """A recipe with every component built and checked; `others` are suites it does not use but must not train on."""

    recipe: Recipe
    model: BuiltModel
    datasets: tuple[Built, ...]
    cleaners: tuple[Built, ...]
    trainer: Built
    suites: tuple[BuiltSuite, ...]
    others: tuple[Suite, ...]


def built_recipe(host: PluginHost, recipe: Recipe, file: str, store: Store) -> BuiltRecipe:
    """Build every component of a recipe and check all that needs no model; UsageError lists what is wrong."""

    datasets, cleaners, trainer = built_parts(host, recipe, file)
    suites = tuple(
        built_suite(host, find_suite(host, use.use, recipe.folder, store), use.selection()) for use in recipe.suites
    )
    _refuse_repeated([one.suite.name for one in suites], f"{file}: suites")
    check_data(datasets)
    check_disk(store.home)
    model = built_model(host, recipe.model, recipe.folder, f"{file}: model")
    for suite in suites:
        check_lengths(model, suite)
    used = {one.suite.version for one in suites}
    others = tuple(suite for suite in all_suites(host, recipe.folder, store) if suite.version not in used)
    return BuiltRecipe(recipe, model, datasets, cleaners, trainer, suites, others)


def built_parts(host: PluginHost, recipe: Recipe, file: str) -> tuple[tuple[Built, ...], tuple[Built, ...], Built]:
    """What prepares the data and trains: datasets, cleaners and the trainer, with their options checked."""

    def built(kind: ComponentKind, key: str, use: Use) -> Built:
        return build(host, kind, use.as_mapping(), f"{file}: {key}", recipe.folder)

    datasets = tuple(built("dataset", f"data[{i}]", use) for i, use in enumerate(recipe.data))
    cleaners = tuple(built("cleaner", f"cleaners[{i}]", use) for i, use in enumerate(recipe.cleaners))
    return datasets, cleaners, built("trainer", "trainer", recipe.trainer)


def built_model(host: PluginHost, spec: ModelSpec, folder: Path, where: str) -> BuiltModel:
    """The model's backend and identity; reads and hashes its files, loads no weights."""
    backend = build(host, "backend", spec.backend.as_mapping(), where, folder)
    reference = model_reference(spec, folder)
    return identified(backend, reference)


def identified(backend: Built, reference: ModelReference) -> BuiltModel:
    """The model with the identity that its backend reads from its files."""
    opener: Backend = backend.instance
    try:
        with blamed(backend, "backend", "identify"):
            identity = opener.identify(OpenRequest(reference))
            fitting(identity, Identity)
            return BuiltModel(reference, backend, identity)
    except PluginError as error:
        if isinstance(error.__cause__, ValueError):  # as in `build`: the value is wrong, not the plugin
            raise UsageError(f"model {reference}: {error.__cause__}") from error
        raise


def fitting(value: object, kind: object) -> None:
    """TypeError where what a plugin gave is no proper record of this kind."""
    wrong = misfit(value, kind)
    if wrong is not None:
        raise TypeError(f"gave a misfit: {wrong}")


@contextmanager
def blamed(built: Built, kind: ComponentKind, method: str) -> Iterator[None]:
    """What the component raises becomes a PluginError that names it; the harness's own errors and Ctrl-C pass."""
    try:
        yield
    except HarnessError:
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(f"plugin {built.plugin}: {kind} {built.use!r}: {method}: {said(error)}") from error


def find_suite(host: PluginHost, name: str, folder: Path, store: Store) -> Suite:
    """The suite of this path or name: a file, the project's `suites/`, an installed one, then the store."""
    path = folder / Path(name).expanduser()
    if path.suffix in (".yaml", ".yml"):
        return load_suite(path)
    folders = suite_folders(host, folder)
    for candidate in (one / f"{name}.yaml" for one in folders):
        if candidate.is_file():
            return load_suite(candidate)
    suite = store.latest_suite(name)
    if suite is not None:
        return suite
    known = sorted({file.stem for one in folders if one.is_dir() for file in one.glob("*.yaml")})
    places = "suites/, the installed suites and the store"
    listed = ", ".join(known) or "none"
    raise UsageError(f"suite {name!r}: not found in {places}{did_you_mean(name, known)}; available: {listed}")


def suite_folders(host: PluginHost, folder: Path) -> list[Path]:
    """Where suite files are looked for, the first that has one wins."""
    return [*dict.fromkeys((folder / "suites", Path.cwd() / "suites")), *host.suite_folders()]


def all_suites(host: PluginHost, folder: Path, store: Store) -> list[Suite]:
    """Every suite that training must keep away from: the files', then those that are only in the store."""
    files = [file for one in suite_folders(host, folder) if one.is_dir() for file in sorted(one.glob("*.yaml"))]
    suites = [load_suite(file) for file in files]
    names = {suite.name for suite in suites}
    archived = (store.latest_suite(row.version) for row in store.suites() if row.name not in names)
    return suites + [suite for suite in archived if suite is not None]


def built_suite(host: PluginHost, suite: Suite, selection: str) -> BuiltSuite:
    """Build the suite's metrics and checks, check that its cases hold what they read, warn of what they miss."""
    where = str(suite.file or suite.name)
    folder = suite.file.parent if suite.file else Path.cwd()
    metrics = tuple(
        BuiltMetric(use, _metric(host, use, f"{where}: metrics[{i}]", folder, suite))
        for i, use in enumerate(suite.metrics)
    )
    checks = tuple(
        BuiltCheck(use, _check(host, use, f"{where}: checks[{i}]", folder, suite)) for i, use in enumerate(suite.checks)
    )
    one = BuiltSuite(suite, selection, metrics, checks)
    if isinstance(suite.cases, StoredCases) and suite.cases.count(one.part.tier):
        return one  # its cases were checked before they were stored, and there may be a million of them
    _ = one.cases  # raises where there is nothing to measure
    for metric in metrics:
        _check_cases(where, suite, metric)
    return replace(one, metrics=tuple(_warned(where, suite, metric) for metric in metrics))


def _warned(where: str, suite: Suite, metric: BuiltMetric) -> BuiltMetric:
    """The metric with its warnings about the cases, which are logged, too."""
    # A metric from before there were warnings may call something else by that name.
    if not isinstance(metric.built.instance, Warns) or not callable(metric.built.instance.warnings):
        return metric
    with blamed(metric.built, "metric", "warnings"):
        warnings = tuple(metric.built.instance.warnings(suite.cases))
        fitting(warnings, tuple[str, ...])
    for warning in warnings:
        _log.warning("%s: metric %r: %s", where, metric.use.name, warning)
    return replace(metric, warnings=warnings)


def _metric(host: PluginHost, use: MetricUse, where: str, folder: Path, suite: Suite) -> Built:
    """The metric, prepared on the suite; what it saw is then a part of what it is."""
    built = build(host, "metric", {"use": use.use, **use.options}, where, folder)
    _check_declared(built)
    if built.instance.reads != "log-likelihood":
        rules = [_reading(suite), *([f"choices {CHOICES_RULE}"] if built.instance.reads == "choice" else [])]
        built = replace(built, reading=", ".join(rules))
    if not isinstance(built.instance, Prepares):
        return built
    with blamed(built, "metric", "prepare"):
        built.instance.prepare(suite.cases)
    return replace(built, seen=content_hash([case.content for case in suite.cases]))


def _check(host: PluginHost, use: CheckUse, where: str, folder: Path, suite: Suite) -> Built:
    built = build(host, "safety check", {"use": use.use, **use.options}, where, folder)
    with blamed(built, "safety check", "accuracy"):
        fitting(getattr(built.instance, "accuracy", ()), Accuracy)
    return replace(built, reading=_reading(suite))


def _reading(suite: Suite) -> str:
    """What metrics and checks of the suite are given of a reply: scores of another reading are none of these."""
    return f"thoughts {suite.thoughts} {THOUGHTS_RULE}"


def _check_declared(built: Built) -> None:
    """PluginError where what the metric says of itself is of no use, before it is believed."""
    metric = built.instance
    with blamed(built, "metric", "reads"):
        fitting(metric.reads, Kind)
    with blamed(built, "metric", "higher_is_better"):
        fitting(getattr(metric, "higher_is_better", True), bool)
    with blamed(built, "metric", "bounds"):
        low, high = getattr(metric, "bounds", (None, None))
        for end in (low, high):
            _ = end is None or number_of(end)
    with blamed(built, "metric", "comparable_on"):
        fitting(tuple(getattr(metric, "comparable_on", ())), tuple[str, ...])


def check_data(datasets: Sequence[Built]) -> int:
    """Read every row; UsageError lists the rows that cannot be read, with file and line. Returns how many can."""
    conversations, rejected = load_all(parts(datasets))
    rows = sum(1 for _ in conversations)
    if rejected:
        raise UsageError(_rejections(rejected))
    if not rows:
        raise UsageError(f"data: {', '.join(one.use for one in datasets)} holds no conversation")
    return rows


def _rejections(rejected: Sequence[Rejected]) -> str:
    """A line for each reason, at the first of the rows that have it."""
    counts = Counter((row.file, row.reason) for row in rejected)
    first = {(row.file, row.reason): row.line for row in reversed(rejected)}
    lines = []
    for (file, reason), count in counts.items():
        more = f" (and {count - 1} more rows)" if count > 1 else ""
        lines.append(f"{file}:{first[file, reason]}: {reason}{more}")
    rest = f"\n… and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return "\n".join(lines[:_SHOWN]) + rest


def parts(built: Sequence[Built]) -> list[Part[Any]]:
    """Datasets or cleaners, each with the plugin to blame where it fails."""
    return [Part(one.use, one.plugin, one.instance) for one in built]


def check_lengths(model: BuiltModel, suite: BuiltSuite) -> None:
    """UsageError where a case is longer than the model's context, counted without loading the model."""
    backend, limit = model.backend.instance, model.identity.context_length
    if limit is None or not isinstance(backend, CountsTokens):
        return
    windowed = suite.kinds == {"log-likelihood"}
    cases = [case for case in suite.cases if not (windowed and case.prompt == "")]
    with blamed(model.backend, "backend", "count_tokens"):
        counts = backend.count_tokens(OpenRequest(model.reference), [_text(case) for case in cases])
        fitting(tuple(counts), tuple[int, ...])
        if len(counts) != len(cases):
            raise ValueError(f"gave {len(counts)} counts for {len(cases)} texts")
    room = limit - (suite.suite.generation.max_new_tokens if "text" in suite.kinds else 0)
    long = [f"case {case.id!r}: {count} tokens" for case, count in zip(cases, counts, strict=True) if count > room]
    if long:
        rest = f" and {len(long) - 1} more" if len(long) > 1 else ""
        raise UsageError(
            f"{suite.suite.file or suite.suite.name}: {long[0]}{rest}; {model.reference} has room for {room}; "
            "shorten the case or lower generation.max_new_tokens"
        )


def check_disk(folder: Path) -> None:
    """StoreError where the disk has too little room for checkpoints."""
    present = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(present).free
    if free < FREE_BYTES_NEEDED:
        raise StoreError(f"{folder}: {free / 1e9:.1f} GB free; a run needs {FREE_BYTES_NEEDED / 1e9:.0f} GB")


def _check_cases(where: str, suite: Suite, metric: BuiltMetric) -> None:
    """Each case must hold what the metric reads; one that few metrics expect is tried on an answer that is made up."""
    place = f"{where}: metric {metric.use.name!r}"
    reads: Kind = metric.built.instance.reads
    for case in suite.cases:
        if reads == "choice" and (len(case.choices) < 2 or case.answer is None):
            raise UsageError(f"{place}: case {case.id!r} needs at least two choices and an answer")
        if reads == "log-likelihood" and not case.references:
            raise UsageError(f"{place}: case {case.id!r} has no reference to score")
    if not isinstance(metric.built.instance, Metric):
        return
    bare = next((case for case in suite.cases if not case.references), None)
    if reads == "text" and bare is not None:
        empty = Prediction("", bare.content, reads, replies=("",))
        _try(
            metric,
            bare,
            empty,
            f"{place}: cannot score case {bare.id!r}, which has no reference (tried on an empty reply)",
        )
    several = max((case for case in suite.cases if case.answers), key=lambda case: len(case.answers), default=None)
    if reads == "choice" and several is not None:
        even = Prediction("", several.content, reads, likelihoods=(Likelihood(-1.0, 1),) * len(several.choices))
        _try(metric, several, even, f"{place}: cannot score case {several.id!r}")


def _try(metric: BuiltMetric, case: Case, prediction: Prediction, cannot: str) -> None:
    """UsageError where the metric says that it cannot score the case."""
    try:
        metric.built.instance.score(Answered(case, (prediction,)))
    except ValueError as error:
        raise UsageError(f"{cannot}: {error}") from error
    except (Exception, SystemExit):  # says nothing of the case; the score that fails in the same way names the metric
        return


def _text(case: Case) -> str:
    prompt = case.prompt if isinstance(case.prompt, str) else "\n".join(message.content for message in case.prompt)
    longest = max((*case.references[:1], *case.choices), key=len, default="")
    return "\n".join((prompt, *case.follow_ups, longest, case.ending or ""))


def _refuse_repeated(names: Sequence[str], where: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{where}: {name!r} is listed twice")
