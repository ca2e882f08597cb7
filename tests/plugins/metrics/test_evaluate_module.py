import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

from harness.testing import make_answered, make_case
from harness_metrics.evaluate_module import EvaluateModule

MODULE = """
import datasets
import evaluate


class Agreement(evaluate.Metric):
    def _info(self):
        one = datasets.Value("{kind}")
        features = datasets.Features({{"predictions": one, "references": {references}}})
        return evaluate.MetricInfo(description="", citation="", features=features)

    def _compute(self, predictions, references, bonus=0.0):
        pairs = zip(predictions, references)
        same = [said in right if isinstance(right, list) else said == right for said, right in pairs]
        return {{"agreement": sum(same) / len(same) + bonus, "numbers": [1, 2]}}
"""


@pytest.fixture(autouse=True)
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> NoReturn:
        raise AssertionError("a local module must not reach the network")

    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(socket.socket, "connect", refuse)


def write(folder: Path, kind: str = "string", references: str = "one") -> str:
    file = folder / "agreement.py"
    file.write_text(MODULE.format(kind=kind, references=references), "utf-8")
    return str(file)


def test_a_local_module_computes_over_all_answers_with_its_arguments(tmp_path: Path) -> None:
    metric = EvaluateModule(write(tmp_path), "agreement", arguments={"bonus": 0.25})
    case = make_case(references=["yes", "ja"])
    assert metric.compute([make_answered("yes", case=case), make_answered("ja", case=case)]) == 0.75


def test_all_references_are_given_where_the_module_wants_them(tmp_path: Path) -> None:
    module = write(tmp_path, references="datasets.Sequence(one)")
    metric = EvaluateModule(module, "agreement", references="all")
    assert metric.compute([make_answered("ja", case=make_case(references=["yes", "ja"]))]) == 1.0


def test_choices_are_given_as_numbers_of_labels(tmp_path: Path) -> None:
    metric = EvaluateModule(write(tmp_path, kind="int32"), "agreement", reads="choice")
    case = make_case(choices=("yes", "no"), answer="no")
    metric.prepare([case])
    assert metric.compute([make_answered("no", case=case), make_answered("perhaps", case=case)]) == 0.5


def test_an_unknown_key_lists_the_results(tmp_path: Path) -> None:
    metric = EvaluateModule(write(tmp_path), "acuracy")
    with pytest.raises(ValueError, match="no result 'acuracy'; available: agreement, numbers"):
        metric.compute([make_answered("yes", case=make_case(references=["yes"]))])


def test_a_path_without_a_file_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"there is no file .*missing\.py"):
        EvaluateModule(str(tmp_path / "missing"), "accuracy")


def test_an_edited_local_module_is_another_version(tmp_path: Path) -> None:
    before = EvaluateModule(write(tmp_path), "agreement").version
    after = EvaluateModule(write(tmp_path, kind="int32"), "agreement").version
    assert before != after
    assert not hasattr(EvaluateModule("accuracy", "accuracy"), "version")


def test_without_the_library_the_error_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['evaluate'] = None\n"
        "from harness_metrics.evaluate_module import EvaluateModule\n"
        "EvaluateModule('accuracy', 'accuracy')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'finetune-harness[evaluate]'" in done.stderr


def test_building_every_metric_imports_no_library() -> None:
    code = (
        "import sys, harness_metrics\n"
        "for one in harness_metrics.register_metrics():\n"
        "    one.build(**({'module': 'x', 'key': 'y'} if one.name == 'evaluate-module' else {}))\n"
        "print(sorted({'evaluate', 'sacrebleu', 'rouge_score', 'nltk', 'torch', 'datasets'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
