"""`metric_list`, `filter_list` and `generation_kwargs` as metrics and generation settings of a suite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.documents.reading import MOST_COMPONENTS
from harness.errors import did_you_mean
from harness.suites.lmeval.files import Function
from harness.suites.lmeval.task import FilterEntry, OutputType, Task
from harness.suites.records import Generation, MetricUse

_DEFAULT_REGEX = r"#### (\-?[0-9\.\,]+)"  # of lm-eval's regex filters
_DEFAULT_MAX_TOKENS = 256
_NAMES_OF_MAX_TOKENS = ("max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens")
_KEYS_OF_METRIC = ("metric", "aggregation", "higher_is_better", "hf_evaluate")
_OPTIONS_OF_MATCH = ("ignore_case", "ignore_punctuation", "ignore_numbers", "regexes_to_ignore")


@dataclass(frozen=True, slots=True)
class Measure:
    """The metric that gives the same figure, with its options, and the aggregations that it stands for."""

    use: str
    options: Mapping[str, Any]
    aggregations: Sequence[str]


_MEANS = ("mean", "nanmean")
MEASURES: Mapping[OutputType, Mapping[str, Measure]] = {
    "multiple_choice": {
        "acc": Measure("accuracy", {}, _MEANS),
        "acc_norm": Measure("accuracy", {"per": "character"}, _MEANS),
        "acc_bytes": Measure("accuracy", {"per": "byte"}, _MEANS),
        "brier_score": Measure("brier", {}, ("brier_score",)),
    },
    "generate_until": {
        "exact_match": Measure("exact-match", {"normalise": "verbatim"}, _MEANS),
        "bleu": Measure("bleu", {}, ("bleu",)),
        "chrf": Measure("chrf", {}, ("chrf",)),
        "chrf++": Measure("chrf", {"word_order": 2}, ("chrf++",)),
        "ter": Measure("ter", {}, ("ter",)),
    },
    "loglikelihood_rolling": {
        "word_perplexity": Measure("word-perplexity", {}, ("weighted_perplexity",)),
        "byte_perplexity": Measure("byte-perplexity", {}, ("weighted_perplexity",)),
        "bits_per_byte": Measure("bits-per-byte", {}, ("bits_per_byte",)),
    },
}
_WITHOUT_LIST: Mapping[OutputType, Sequence[str]] = {
    "multiple_choice": ("acc", "acc_norm"),
    "generate_until": ("exact_match",),
    "loglikelihood_rolling": ("word_perplexity", "byte_perplexity", "bits_per_byte"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """The step of `extract` that does what a filter does: the names of its options by those of the filter."""

    use: str
    options: Mapping[str, str]
    defaults: Mapping[str, Any]


_REGEX = {"regex_pattern": "pattern", "group_select": "match", "fallback": "fallback"}
_LETTER = {name: name for name in ("ignore_case", "ignore_punctuation", "regexes_to_ignore")}
LETTERS = "multi_choice_regex"
FILTERS: Mapping[str, Step] = {
    "regex": Step("regex", _REGEX, {"pattern": _DEFAULT_REGEX}),
    LETTERS: Step("choice-letter", _REGEX | _LETTER, {"pattern": _DEFAULT_REGEX}),
    "map": Step("map", {"mapping_dict": "values", "default_value": "default"}, {"values": {}}),
    "remove_whitespace": Step("strip", {}, {}),
    "lowercase": Step("lowercase", {}, {}),
    "uppercase": Step("uppercase", {}, {}),
    "take_first": Step("first", {}, {}),
    "take_first_k": Step("first-k", {"k": "k"}, {}),
    "majority_vote": Step("majority", {}, {}),
}


def generation(task: Task) -> Generation:
    """How replies are drawn; UsageError names a setting that is not supported."""
    keys = task.keys
    if keys.output_type != "generate_until":
        return Generation()
    given = {key: value for key, value in (keys.generation_kwargs or {}).items() if value is not None}
    known = ("until", "do_sample", "temperature", "top_p", *_NAMES_OF_MAX_TOKENS)
    unknown = next((key for key in given if key not in known), None)
    if unknown is not None:
        hint = did_you_mean(unknown, known)
        raise task.refuse("generation_kwargs", f"{unknown!r} is not supported{hint}; supported: {', '.join(known)}")
    until = given.get("until", keys.fewshot_delimiter)
    stop = [until] if isinstance(until, str) else until
    if not isinstance(stop, list):
        raise task.refuse("generation_kwargs", f"until is {until!r}; write a text or a list of texts")
    temperature = _number(task, given, "temperature", 0.0) if given.get("do_sample") is not False else 0.0
    if given.get("do_sample") and not temperature:
        raise task.refuse("generation_kwargs", "do_sample: true needs a temperature above 0")
    longest = next((name for name in _NAMES_OF_MAX_TOKENS if name in given), _NAMES_OF_MAX_TOKENS[0])
    return Generation(
        max_new_tokens=max(1, int(_number(task, given, longest, _DEFAULT_MAX_TOKENS))),
        temperature=temperature,
        top_p=_number(task, given, "top_p", 1.0) if temperature else 1.0,
        stop=tuple(str(text) for text in stop if text),
        samples=keys.repeats if temperature else 1,  # greedy replies are all the same
    )


def _number(task: Task, given: Mapping[str, Any], key: str, default: float) -> float:
    try:
        number = float(given.get(key, default))
    except (TypeError, ValueError, OverflowError):
        number = -1.0
    if not 0 <= number < 2**31:
        raise task.refuse("generation_kwargs", f"{key} is {given[key]!r}; write a number that is not negative")
    return number


def metrics(task: Task, samples: int) -> tuple[MetricUse, ...]:
    """Each metric once for each filter; the first is primary, the others are watched."""
    written = task.keys.metric_list or [{"metric": name} for name in _WITHOUT_LIST[task.keys.output_type]]
    filters = task.keys.filter_list or ()
    if len(written) * len(filters) > MOST_COMPONENTS:
        told = f"{len(written):,} metrics behind each of {len(filters):,} filters are more than {MOST_COMPONENTS:,}"
        raise task.refuse("metric_list", told)
    pipelines = [(f",{entry.name}", _steps(task, entry, samples)) for entry in filters]
    uses = [
        _use(task, entry, suffix, steps)
        for suffix, steps in pipelines or [("", ["first"] if samples > 1 else [])]
        for entry in written
    ]
    return tuple(MetricUse(**use, role="watch" if place else "primary") for place, use in enumerate(uses))


def check_several_references(task: Task, uses: Sequence[MetricUse]) -> None:
    """UsageError where lm-eval makes something else of several targets than the best, or any, of them."""
    other = next((use.name for use in uses if use.use != "exact-match"), None)
    if other is not None:
        raise task.refuse("metric_list", f"{other} with several targets is not supported; exact_match is")


def reads_letters(task: Task) -> bool:
    """Whether a filter looks for the choices of a row, which then have to be part of the case."""
    steps = [step for entry in task.keys.filter_list or () for step in entry.filter]
    return any(step.get("function") == LETTERS for step in steps)


def _use(task: Task, entry: Mapping[str, Any], suffix: str, steps: Sequence[Any]) -> dict[str, Any]:
    metric, known = entry.get("metric"), MEASURES[task.keys.output_type]
    instead = f"supported here: {', '.join(known)}; a task file that includes this one may list those alone"
    if isinstance(metric, Function):
        raise task.refuse("metric_list", f"{metric}: a metric of one's own is a plugin; {instead}")
    name = str(metric)
    if name not in known:
        raise task.refuse("metric_list", f"{name!r} is not supported{did_you_mean(name, known)}; {instead}")
    measure = known[name]
    _check_aggregation(task, name, entry, measure)
    options = {**measure.options, **_passed_on(task, name, entry)}
    return {
        "name": f"{name}{suffix}",
        "use": measure.use,
        "options": {**options, **({"extract": steps} if steps else {})},
    }


def _passed_on(task: Task, name: str, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options of exact_match; lm-eval reads those of no other metric."""
    given = {key: value for key, value in entry.items() if key not in _KEYS_OF_METRIC and value is not None}
    if name != "exact_match":
        return {}
    unknown = next((key for key in given if key not in _OPTIONS_OF_MATCH), None)
    if unknown is not None:
        listed = ", ".join(_OPTIONS_OF_MATCH)
        raise task.refuse("metric_list", f"{name}: option {unknown!r} is not supported; supported: {listed}")
    return given


def _check_aggregation(task: Task, name: str, entry: Mapping[str, Any], measure: Measure) -> None:
    if entry.get("hf_evaluate"):
        raise task.refuse("metric_list", f"{name}: hf_evaluate is not supported; the metric `evaluate-module` does it")
    aggregation = entry.get("aggregation")
    if aggregation is not None and aggregation not in measure.aggregations:
        supported = ", ".join(measure.aggregations)
        raise task.refuse("metric_list", f"{name}: aggregation {str(aggregation)!r} is not supported; {supported} is")


def _steps(task: Task, entry: FilterEntry, samples: int) -> list[Any]:
    steps = [_step(task, entry.name, dict(written)) for written in entry.filter]
    if task.keys.output_type != "generate_until" and steps != ["first"]:
        raise task.refuse("filter_list", f"{entry.name}: only take_first is supported where nothing is generated")
    if "first" in steps[:-1]:
        raise task.refuse("filter_list", f"{entry.name}: take_first is supported as the last step alone")
    if samples == 1:  # the first is the only one
        return steps[:-1] if "first" in steps else steps
    if "first" not in steps:
        raise task.refuse("filter_list", f"{entry.name}: {samples} replies are left; let it end with take_first")
    return steps


def _step(task: Task, place: str, written: dict[str, Any]) -> Any:
    name = written.pop("function", None)
    if isinstance(name, Function):
        raise task.refuse("filter_list", f"{place}: {name}: filters of one's own are not supported; {_listed()} are")
    if not isinstance(name, str) or name not in FILTERS:
        hint = did_you_mean(str(name), FILTERS)
        raise task.refuse("filter_list", f"{place}: {name!r} is not supported{hint}; {_listed()} are")
    step = FILTERS[name]
    unknown = next((key for key in written if key not in step.options), None)
    if unknown is not None:
        raise task.refuse(
            "filter_list", f"{place}: {name}: unknown option {unknown!r}; known: {', '.join(step.options)}"
        )
    options = {step.options[key]: value for key, value in written.items() if value is not None}
    if name == "map":
        if not isinstance(options.get("values", {}), dict):
            raise task.refuse("filter_list", f"{place}: map: mapping_dict is no mapping of texts to texts")
        options["values"] = {
            key: str(value) for key, value in options.get("values", {}).items() if isinstance(key, str)
        }
        options |= {"default": str(options["default"])} if "default" in options else {}
    options = {**step.defaults, **options}
    return {"use": step.use, **options} if options else step.use


def _listed() -> str:
    return ", ".join(FILTERS)
