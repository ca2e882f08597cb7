"""Suite file -> Suite; its version is the hash of all that can change a result."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, ConfigDict, Field

from harness.documents.reading import Components, Document, PathText, load_document
from harness.documents.regular_files import resolved
from harness.errors import UsageError
from harness.suites.cases import read_cases
from harness.suites.records import CheckUse, Generation, MetricUse, Suite
from harness.suites.tiers import TIERS
from harness.types import Role, Thoughts, Tier
from harness.types.gc_pauses import building
from harness.types.hashing import content_hash

_METRICS_OF_TASK: Mapping[str, tuple[MetricUse, ...]] = {
    "generate": (MetricUse("chrf", "chrf", role="primary"), MetricUse("token-f1", "token-f1")),
    "choice": (MetricUse("accuracy", "accuracy", role="primary"), MetricUse("macro-f1", "macro-f1")),
    "perplexity": (MetricUse("perplexity", "perplexity", role="primary"),),
}
Loss: TypeAlias = Annotated[float, Field(ge=0, le=1e12)]
Share: TypeAlias = Annotated[float, Field(gt=0, le=1)]
SUITE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class MetricEntry(Document):
    """One of `metrics`; every key that is not listed here is an option of the metric."""

    model_config = ConfigDict(extra="allow")

    use: str
    name: str | None = None
    role: Role = "guard"
    margin: Loss | None = None
    floor: Loss | None = None
    cap: Loss | None = None
    per_case: bool = False


class CheckEntry(Document):
    """One of `checks`; every key that is not listed here is an option of the check."""

    model_config = ConfigDict(extra="allow")

    use: str
    name: str | None = None
    limit: Annotated[float, Field(ge=0, le=1)] | None = None


class GenerationEntry(Document):
    """How replies are drawn."""

    max_new_tokens: Annotated[int, Field(ge=1)] = 128
    temperature: Annotated[float, Field(ge=0)] = 0.0
    top_p: Share = 1.0
    stop: list[Annotated[str, Field(min_length=1)]] = Field(default_factory=list)
    seed: Annotated[int, Field(ge=0)] = 0
    samples: Annotated[int, Field(ge=1)] = 1


def _named(value: Any) -> Any:
    return {"use": value} if isinstance(value, str) else value


class SuiteFile(Document):
    """A suite as it is written."""

    name: Annotated[str, Field(pattern=f"^{SUITE_NAME.pattern}$")]
    cases: PathText
    description: str = ""
    task: Literal["generate", "choice", "perplexity"] | None = None
    system: str | None = None
    choices: list[str] = Field(default_factory=list)
    generation: GenerationEntry = GenerationEntry()
    thoughts: Thoughts = "split"
    tiers: dict[Tier, Share] = Field(default_factory=dict)
    metrics: Components[Annotated[MetricEntry, BeforeValidator(_named)]] | None = None
    checks: Components[Annotated[CheckEntry, BeforeValidator(_named)]] = Field(default_factory=list)


@building()
def load_suite(path: Path) -> Suite:
    """The suite of a file; UsageError names file, line and key of everything wrong in it or in its cases."""
    written = load_document(path, SuiteFile)
    suite = Suite(
        name=written.name,
        cases=read_cases(path.parent / written.cases, written.system, written.choices),
        metrics=_metrics(written, path),
        checks=tuple(CheckUse(c.name or c.use, c.use, c.model_extra or {}, c.limit) for c in written.checks),
        generation=_generation(written.generation, path),
        tiers=_tiers(written.tiers, path),
        description=written.description,
        file=resolved(path),
        thoughts=written.thoughts,
    )
    _refuse_repeated_names(suite, path)
    return replace(suite, version=suite_version(suite))


def suite_version(suite: Suite) -> str:
    """The hash of all that can change a result, whatever the order of the cases. The description cannot."""
    cases = [[case.content, case.id, dict(case.slices), case.cluster] for case in suite.cases]
    return content_hash([settings_of(suite), sorted(cases, key=lambda case: case[:2])])


def _metrics(written: SuiteFile, path: Path) -> tuple[MetricUse, ...]:
    if written.metrics is None:
        if written.task is None:
            raise UsageError(f"{path}: needs 'metrics', or 'task' for its usual ones: {', '.join(_METRICS_OF_TASK)}")
        return _METRICS_OF_TASK[written.task]
    if not written.metrics and not written.checks:
        raise UsageError(f"{path}: metrics: is empty and there are no checks, so nothing would be measured")
    return tuple(
        MetricUse(m.name or m.use, m.use, m.model_extra or {}, m.role, m.margin, m.floor, m.cap, m.per_case)
        for m in written.metrics
    )


def _generation(written: GenerationEntry, path: Path) -> Generation:
    if written.samples > 1 and written.temperature == 0:
        raise UsageError(
            f"{path}: generation.samples: {written.samples} greedy replies are all the same; set a temperature"
        )
    return Generation(**{**written.model_dump(), "stop": tuple(written.stop)})


def _tiers(written: Mapping[Tier, float], path: Path) -> dict[Tier, float]:
    if written and abs(sum(written.values()) - 1) > 1e-6:
        raise UsageError(f"{path}: tiers: the shares add up to {sum(written.values()):g}, not to 1")
    if written and "gate" not in written:
        raise UsageError(f"{path}: tiers: has no 'gate', the tier that verdicts come from")
    return {tier: float(written[tier]) for tier in TIERS if tier in written}


def _refuse_repeated_names(suite: Suite, path: Path) -> None:
    places: dict[str, str] = {}
    used: dict[str, Sequence[MetricUse | CheckUse]] = {"metrics": suite.metrics, "checks": suite.checks}
    for kind, uses in used.items():
        for index, use in enumerate(uses):
            here = f"{kind}[{index}]"
            first = places.setdefault(use.name, here)
            if first != here:
                raise UsageError(f"{path}: {here}: {use.name!r} is the name of {first} too; add `name:` to one of them")


def settings_of(suite: Suite) -> dict[str, Any]:
    return {
        "name": suite.name,
        "metrics": {metric.name: asdict(metric) for metric in suite.metrics},
        "checks": {check.name: asdict(check) for check in suite.checks},
        "generation": asdict(suite.generation),
        "tiers": dict(suite.tiers),
        **({} if suite.thoughts == "split" else {"thoughts": suite.thoughts}),  # suites before there was a choice
    }
