"""Suite file -> Suite; its version is the hash of all that can change a result."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import yaml
from pydantic import BeforeValidator, ConfigDict, Field

from harness.cases import case_record, read_cases
from harness.documents.reading import Document, PathText, load_document
from harness.documents.whole_files import write_new
from harness.errors import UsageError, did_you_mean
from harness.records import CheckUse, Generation, MetricUse, Suite
from harness.types import Case, Role, Thoughts, Tier
from harness.types.gc_pauses import building
from harness.types.hashing import content_hash, unit_hash

TIERS: tuple[Tier, ...] = ("dev", "gate", "vault")

_METRICS_OF_TASK: Mapping[str, tuple[MetricUse, ...]] = {
    "generate": (MetricUse("chrf", "chrf", role="primary"), MetricUse("token-f1", "token-f1")),
    "choice": (MetricUse("accuracy", "accuracy", role="primary"), MetricUse("macro-f1", "macro-f1")),
    "perplexity": (MetricUse("perplexity", "perplexity", role="primary"),),
}

Loss: TypeAlias = Annotated[float, Field(ge=0)]
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
    metrics: list[Annotated[MetricEntry, BeforeValidator(_named)]] | None = None
    checks: list[Annotated[CheckEntry, BeforeValidator(_named)]] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SuiteDiff:
    """What changed from one version of a suite to another: ids of cases, and a line for each setting."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    settings: tuple[str, ...]

    def __bool__(self) -> bool:
        return any((self.added, self.removed, self.changed, self.settings))


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
        file=path.resolve(),
        thoughts=written.thoughts,
    )
    _refuse_repeated_names(suite, path)
    return replace(suite, version=suite_version(suite))


def suite_version(suite: Suite) -> str:
    """The hash of all that can change a result, whatever the order of the cases. The description cannot."""
    cases = [[case.content, case.id, dict(case.slices), case.cluster] for case in suite.cases]
    return content_hash([_settings(suite), sorted(cases, key=lambda case: case[:2])])


def split(suite: Suite) -> dict[str, Tier]:
    """The tier of each case, by its content. Whole clusters, and no case moves when others are added."""
    shares = suite.tiers or {"gate": 1.0}
    if len(shares) == 1:
        return dict.fromkeys((case.content for case in suite.cases), *shares)
    return {case.content: _tier(shares, unit_hash(["tier", case.group])) for case in suite.cases}


def parse_selection(selection: str) -> tuple[Tier | None, int | None]:
    """The tier of a selection, None for all cases, and how many of its first cases, None for all of them.

    Raises UsageError on what is no selection.
    """
    match = re.fullmatch(r"(dev|gate|vault|all)(?::([1-9]\d*))?", selection)
    if match is None:
        hint = did_you_mean(selection.partition(":")[0], [*TIERS, "all"])
        raise UsageError(
            f"selection {selection!r}{hint}: write dev, gate, vault or all, or a tier and a number, gate:100"
        )
    tier: Any = None if match[1] == "all" else match[1]
    return tier, int(match[2]) if match[2] else None


def select(suite: Suite, selection: str) -> tuple[Case, ...]:
    """The cases of "dev", "gate", "vault" or "all"; "gate:100" the first 100 of them by the order of their contents.

    Raises UsageError on a selection that is none of these or has no case.
    """
    tier, count = parse_selection(selection)
    tiers = split(suite)
    cases = [case for case in suite.cases if tier in (None, tiers[case.content])]
    if not cases:
        declared = (
            ", ".join(f"{tier}: {share:g}" for tier, share in suite.tiers.items()) or "none, so every case is in gate"
        )
        shares = "dev: 0.3, gate: 0.5, vault: 0.2" if tier == "vault" else "dev: 0.4, gate: 0.6"
        hint = "" if suite.tiers else f"; write `tiers: {{{shares}}}` into {suite.file or 'the suite'}"
        raise UsageError(f"suite {suite.name!r} has no case in tier {tier or 'all'!r}; its tiers: {declared}{hint}")
    if count is None:
        return tuple(cases)
    # By hash and not by position, so that a case that is added or moved leaves the subset (almost) as it was.
    first = {case.content for case in sorted(cases, key=lambda case: case.content)[:count]}
    return tuple(case for case in cases if case.content in first)


def export_suite(suite: Suite, folder: Path) -> Path:
    """Write `NAME.yaml` and `NAME.jsonl` into the folder; what they load as has the same version.

    Raises UsageError where they are there, or cannot be written.
    """
    file, cases = folder / f"{suite.name}.yaml", folder / f"{suite.name}.jsonl"
    lines = (json.dumps(case_record(case), ensure_ascii=False) + "\n" for case in suite.cases)
    content = _written(suite, cases.name)
    text = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    write_new({cases: "".join(lines), file: text})
    return file


def diff_suites(old: Suite, new: Suite) -> SuiteDiff:
    """What changed from `old` to `new`. A case is told by its id; a change of its slices or cluster counts."""
    before = {case.id: case for case in old.cases}
    after = {case.id: case for case in new.cases}
    return SuiteDiff(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        changed=tuple(name for name in before if name in after and before[name] != after[name]),
        settings=tuple(_changes("", _settings(old), _settings(new))),
    )


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


def _settings(suite: Suite) -> dict[str, Any]:
    return {
        "name": suite.name,
        "metrics": {metric.name: asdict(metric) for metric in suite.metrics},
        "checks": {check.name: asdict(check) for check in suite.checks},
        "generation": asdict(suite.generation),
        "tiers": dict(suite.tiers),
        **({} if suite.thoughts == "split" else {"thoughts": suite.thoughts}),  # suites before there was a choice
    }


def _tier(shares: Mapping[Tier, float], drawn: float) -> Tier:
    declared = [tier for tier in TIERS if tier in shares]
    for tier in declared:
        drawn -= shares[tier]
        if drawn < 0:
            return tier
    return declared[-1]  # the shares add up to 1 only nearly


class _Dumper(yaml.SafeDumper):
    """Quotes every text but plain words: readers of YAML differ on what is a number, and on what ends a line."""

    def ignore_aliases(self, data: object) -> bool:
        """A list that two metrics have is written twice: people edit one of them."""
        return True


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    is_plain = text[:1].isalpha() and text.isprintable()
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_plain else '"')


_Dumper.add_representer(str, _quoted)


def _written(suite: Suite, cases: str) -> dict[str, Any]:
    defaults: dict[str, Any] = dict.fromkeys(("name", "margin", "floor", "cap", "limit"))
    defaults |= {"role": "guard", "per_case": False}

    def entry(use: MetricUse | CheckUse) -> dict[str, Any]:
        keys = {key: value for key, value in asdict(use).items() if key in defaults and value != defaults[key]}
        if use.name == use.use:
            keys.pop("name")
        return {"use": use.use, **keys, **use.options}

    content = {
        "name": suite.name,
        "description": suite.description,
        "cases": cases,
        "generation": {**asdict(suite.generation), "stop": list(suite.generation.stop)},
        "thoughts": "" if suite.thoughts == "split" else suite.thoughts,
        "tiers": dict(suite.tiers),
        "metrics": [entry(metric) for metric in suite.metrics],
        "checks": [entry(check) for check in suite.checks],
    }
    return {key: value for key, value in content.items() if value or key == "metrics"}


def _changes(place: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _changes(f"{place}.{key}" if place else str(key), old.get(key), new.get(key))
    elif old != new:
        yield f"{place}: {_shown(old)} -> {_shown(new)}"


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    return (
        json.dumps(value, ensure_ascii=False, default=str)
        if isinstance(value, str | Mapping | Sequence)
        else str(value)
    )
