"""Any module of the Hugging Face `evaluate` library as a metric; its interval is a jackknife over clusters."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from harness.types import Answered, Case, Kind
from harness_metrics.needs import answer, references

_NO_CLASS = -1


class EvaluateModule:
    """The number under `key` in what `module` computes.

    `module` is a hub name (its code is downloaded and run) or a local path (no network), which starts with `.`, `/`
    or `~` or ends in `.py`. `arguments` go to the module's `compute`. With `reads: choice` predictions and
    references are numbers of labels, in the order in which the suite names them, and -1 for no label at all.
    """

    def __init__(
        self,
        module: str,
        key: str,
        arguments: Mapping[str, Any] | None = None,
        config: str | None = None,
        reads: Literal["text", "choice"] = "text",
        references: Literal["first", "all"] = "first",
        higher_is_better: bool = True,
    ) -> None:
        if importlib.util.find_spec("evaluate") is None:
            raise ValueError("the library 'evaluate' is not installed; pip install 'finetune-harness[evaluate]'")
        self._module = _located(module)
        if self._module.endswith(".py"):
            # A local script is the metric's code: editing it must not find the scores of the old one.
            self.version = hashlib.sha256(Path(self._module).read_bytes()).hexdigest()
        self._key = key
        self._arguments = dict(arguments or {})
        self._config = config
        self._references = references
        self._labels: tuple[str, ...] = ()
        self.reads: Kind = reads
        self.higher_is_better = higher_is_better

    def prepare(self, cases: Sequence[Case]) -> None:
        self._labels = tuple(dict.fromkeys(choice for case in cases for choice in case.choices))

    def compute(self, answered: Sequence[Answered]) -> float:
        said = [self._said(one) for one in answered]
        right = [self._right(one.case) for one in answered]
        results = self._loaded.compute(predictions=said, references=right, **self._arguments)
        if self._key not in results:
            raise ValueError(f"{self._module!r} has no result {self._key!r}; available: {', '.join(sorted(results))}")
        return float(results[self._key])

    @cached_property
    def _loaded(self) -> Any:
        import evaluate

        # In memory: the default writes predictions to one cache file that two processes would fight over.
        return evaluate.load(self._module, config_name=self._config, keep_in_memory=True)

    def _said(self, answered: Answered) -> str | int:
        if self.reads == "text":
            return answered.text
        chosen = answered.choice()
        return _NO_CLASS if chosen is None else self._labels.index(chosen)

    def _right(self, case: Case) -> str | int | list[str]:
        if self.reads == "choice":
            return self._labels.index(answer(case))
        return list(references(case)) if self._references == "all" else references(case)[0]


def _located(module: str) -> str:
    """The hub name as it is, a local path made absolute; raises ValueError where there is no such path."""
    if not (module.startswith((".", "/", "~")) or module.endswith(".py")):
        return module
    path = Path(module).expanduser().absolute()
    script = path if path.suffix == ".py" else path / f"{path.name}.py"
    if not script.is_file():
        raise ValueError(f"module {module!r}: there is no file {script}")
    return str(script)
