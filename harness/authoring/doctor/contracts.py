"""Puts components through the contract of their kind, each in a process of its own."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from harness.authoring.doctor.metadata import NEEDS_OF_A_MACHINE
from harness.authoring.doctor.process import Ended, plugin_record, run_apart
from harness.authoring.doctor.records import Given, Line
from harness.host.records import Offer
from harness.types.component import KINDS

_MOST_SHOWN = 300  # characters of what a rule says


def contract_lines(offer: Offer, given: Given, missing: Sequence[str]) -> Iterator[Line]:
    """What the contract says of the component: a line for each rule that it breaks.

    `missing`: the extras that it needs and that are not installed.
    """
    obstacle = _obstacle(offer, given, missing)
    if obstacle is not None:
        yield obstacle
        return
    component = {"plugin": plugin_record(offer.plugin), "kind": offer.kind, "name": offer.name}
    options = dict(given.options.get(offer.name, {}))
    job = {**component, "options": options, "model": given.model, "current": str(Path.cwd())}
    yield from _lines(offer, run_apart("harness.authoring.doctor.contract_run:run", job, given.seconds))


def _obstacle(offer: Offer, given: Given, missing: Sequence[str]) -> Line | None:
    """Why the contract cannot be run, or None."""
    absent = [name for name in ("pytest", "hypothesis") if find_spec(name) is None]
    required = [name for name in offer.required if name not in given.options.get(offer.name, {})]
    if absent:
        return _not_run(f"{' and '.join(absent)} not installed", 'pip install "finetune-harness[testing]"')
    if required:
        give = f"give it: --option {offer.name}.{required[0]}=VALUE; or {_own_test(offer)}"
        return _not_run(f"option {required[0]!r} is required", give)
    if KINDS[offer.kind].needs_model and not given.model:
        give = f"give one: --model BACKEND:REFERENCE; or {_own_test(offer)}"
        return _not_run(f"a {offer.kind} needs a small model", give)
    here = {"weights"} if given.model else set()
    away = [said for need, said in NEEDS_OF_A_MACHINE.items() if need in offer.needs and need not in here]
    if away or missing:
        return _not_run(f"it needs {', '.join([*away, *missing])}", _own_test(offer))
    return None


def _lines(offer: Offer, ended: Ended) -> Iterator[Line]:
    refused = [one["refused"] for one in ended.answers if "refused" in one]
    rules = [one for one in ended.answers if "outcome" in one]
    broken = [one for one in rules if one["outcome"] == "failed"]
    for rule in broken:
        said = rule["message"].removeprefix(f"{offer.kind} {offer.name!r}: ")
        yield Line("contract", "fail", textwrap.shorten(said, _MOST_SHOWN), f"see to it that {rule['rule']}")
    if ended.fate:
        begun = [one["began"] for one in ended.answers if "began" in one]
        at = f", where the rule is that {begun[-1]}" if begun else ""
        yield Line("contract", "fail", f"it {ended.fate}{at}", "leave nothing in it that ends or stops the process")
    elif refused:
        give = f"give other options: --option {offer.name}.KEY=VALUE; or {_own_test(offer)}"
        yield _not_run(f"it cannot be built so: {refused[0]}", give)
    elif not rules:
        yield _not_run(f"pytest said nothing: {ended.errors.strip()[-_MOST_SHOWN:]}", _own_test(offer))
    elif not broken:
        skipped = sum(one["outcome"] == "skipped" for one in rules)
        yield Line("contract", "ok", f"{len(rules) - skipped} rules kept{f', {skipped} skipped' if skipped else ''}")


def _not_run(text: str, mend: str) -> Line:
    return Line("contract", "not run", text, mend)


def _own_test(offer: Offer) -> str:
    return f"add a contract test of your own, with {KINDS[offer.kind].contract} of harness.testing"
