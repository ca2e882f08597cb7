"""A recipe or a suite with every component built, and checked as far as no model is needed."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from harness.errors import PluginError, UsageError
from harness.host.blame import blamed, fitting
from harness.host.building import Built, build
from harness.host.host import PluginHost
from harness.protocols import Backend, Prepares, Warns
from harness.runs.assembly.built import BuiltCheck, BuiltMetric, BuiltModel, BuiltRecipe, BuiltSuite
from harness.runs.assembly.checks import check_cases, check_data, check_disk, check_lengths, refuse_repeated
from harness.runs.assembly.suites import all_suites, find_suite
from harness.runs.recipe import ModelSpec, Recipe, Use, model_reference
from harness.store.rows.stored_cases import StoredCases
from harness.store.store import Store
from harness.suites.records import CheckUse, MetricUse, Suite
from harness.types import (
    Accuracy,
    Identity,
    Kind,
    ModelReference,
    OpenRequest,
)
from harness.types.choices import VERSION as CHOICES_RULE
from harness.types.component import ComponentKind
from harness.types.hashing import content_hash
from harness.types.thoughts import VERSION as THOUGHTS_RULE
from harness.types.validation import number_of

_log = logging.getLogger("harness")


def build_recipe(host: PluginHost, recipe: Recipe, file: str, store: Store, project: Path = Path()) -> BuiltRecipe:
    """Build every component of a recipe and check all that needs no model; UsageError lists what is wrong."""
    datasets, cleaners, trainer = build_parts(host, recipe, file)
    suites = tuple(
        build_suite(host, find_suite(host, use.use, recipe.folder, store, project), use.selection(), project)
        for use in recipe.suites
    )
    refuse_repeated([one.suite.name for one in suites], f"{file}: suites")
    check_data(datasets)
    check_disk(store.home)
    model = build_model(host, recipe.model, recipe.folder, f"{file}: model")
    for suite in suites:
        check_lengths(model, suite)
    used = {one.suite.version for one in suites}
    others = tuple(suite for suite in all_suites(host, recipe.folder, store, project) if suite.version not in used)
    return BuiltRecipe(recipe, model, datasets, cleaners, trainer, suites, others)


def build_parts(host: PluginHost, recipe: Recipe, file: str) -> tuple[tuple[Built, ...], tuple[Built, ...], Built]:
    """What prepares the data and trains: datasets, cleaners and the trainer, with their options checked."""

    def built(kind: ComponentKind, key: str, use: Use) -> Built:
        return build(host, kind, use.as_mapping(), f"{file}: {key}", recipe.folder)

    datasets = tuple(built("dataset", f"data[{i}]", use) for i, use in enumerate(recipe.data))
    cleaners = tuple(built("cleaner", f"cleaners[{i}]", use) for i, use in enumerate(recipe.cleaners))
    return datasets, cleaners, built("trainer", "trainer", recipe.trainer)


def build_model(host: PluginHost, spec: ModelSpec, folder: Path, where: str) -> BuiltModel:
    """The model's backend and identity; reads and hashes its files, loads no weights."""
    backend = build(host, "backend", spec.backend.as_mapping(), where, folder)
    reference = model_reference(spec, folder)
    return identify_model(backend, reference)


def identify_model(backend: Built, reference: ModelReference) -> BuiltModel:
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


def build_suite(host: PluginHost, suite: Suite, selection: str, project: Path = Path()) -> BuiltSuite:
    """Build the suite's metrics and checks, check that its cases hold what they read, warn of what they miss.

    Paths in a suite that has no file, as it comes from the store, resolve against the `project`.
    """
    where = str(suite.file or suite.name)
    folder = suite.file.parent if suite.file else project.absolute()
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
        check_cases(where, suite, metric)
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
