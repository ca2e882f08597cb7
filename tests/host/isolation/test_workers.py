"""Components in processes of their own."""

from __future__ import annotations

import gc
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.errors import ComponentError, UsageError
from harness.evaluation.scoring import score
from harness.host.isolation.frames import Done, Item, UnreadableError, received, sent, told
from harness.host.isolation.limits import MEMORY, SECONDS, limits
from harness.protocols import HasWorst, Metric, Prepares, Warns, WholeMetric
from harness.testing import make_answered, make_case, make_passage
from harness.types import Checked, Finding, ModelReference, StepRecord, TrainRequest

Made = Callable[..., Any]

METRIC = """
import os
from harness import Component, hookimpl

class Mine:
    reads = "text"
    bounds = (0.0, None)
    def __init__(self, factor: float = 1.0): self.factor, self.seen = factor, 0
    def prepare(self, cases): self.seen = len(cases)
    def score(self, answered):
        {body}
        return {{"sum": self.factor * len(answered.text), "seen": self.seen, "process": os.getpid(), "count": 1}}
    def value(self, statistics): return statistics["sum"] / statistics["count"]
    def warnings(self, cases): yield from (f"case {{case.id!r}} is not seen" for case in cases)
    def worst(self, case): return {{"sum": 0, "seen": self.seen, "process": 0, "count": 1}}

@hookimpl
def register_metrics(): yield Component("mine", Mine)
"""


def metric(body: str = "pass") -> str:
    return METRIC.format(body=body)


def test_a_metric_of_a_file_scores_in_another_process_with_what_it_was_prepared_on(made: Made) -> None:
    mine = made(metric(), use={"factor": 2.0})
    mine.prepare([make_case("a"), make_case("b")])
    scores = [mine.score(make_answered(text)) for text in ("Hi", "Hello")]
    assert [(score["sum"], score["seen"]) for score in scores] == [(4.0, 2.0), (10.0, 2.0)]
    assert len({score["process"] for score in scores} | {float(os.getpid())}) == 2


def test_what_stands_for_it_has_its_protocols_and_declarations(made: Made) -> None:
    mine = made(metric())
    assert isinstance(mine, Metric) and isinstance(mine, HasWorst) and isinstance(mine, Prepares)  # noqa: PT018
    assert not isinstance(mine, WholeMetric)
    assert (mine.reads, mine.bounds) == ("text", (0.0, None))


def test_it_may_warn_of_cases(made: Made) -> None:
    mine = made(metric())
    assert isinstance(mine, Warns)
    assert list(mine.warnings([make_case("q", id="one"), make_case("r", id="two")])) == [
        "case 'one' is not seen",
        "case 'two' is not seen",
    ]


def test_value_takes_arrays_and_numbers(made: Made) -> None:
    mine = made(metric())
    assert mine.value({"sum": 6.0, "count": 2.0}) == 3.0
    many = mine.value({"sum": np.array([[6.0], [9.0]]), "count": np.array([[2.0], [2.0]])})
    assert many.tolist() == [[3.0], [4.5]]


def test_isolate_false_keeps_it_here(made: Made) -> None:
    assert made(metric(), use={"isolate": False}).score(make_answered("Hi"))["process"] == os.getpid()


def test_isolate_is_true_or_false(made: Made) -> None:
    with pytest.raises(UsageError, match="isolate: expected true or false, got 'yes'"):
        made(metric(), use={"isolate": "yes"})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("os._exit(3)", "its process ended itself with exit code 3"),
        ("import ctypes; ctypes.string_at(0)", r"its process was killed by SIGSEGV, in score \(mine.py line 11\)"),
        ("os.kill(os.getpid(), 9)", "its process was killed by SIGKILL"),
        ("return {'sum': object()}", r"returned <object .* as statistic 'sum', expected a number"),
        ("raise KeyError('what')", "what"),
        ("raise SystemExit('bye')", "bye"),
        ("return self.score(answered)", "recursion"),
        ("answered.case.slices['a'] = 'b'", "changed its input"),
    ],
)
def test_what_it_does_is_an_error_here(made: Made, body: str, said: str) -> None:
    with pytest.raises(Exception, match=said):
        made(metric(body)).score(make_answered("Hi"))


def test_silence_and_leaks_end_at_their_limits(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECONDS, "1")
    monkeypatch.setenv(MEMORY, "300MB")
    hangs = made(metric("import time; time.sleep(60)"))
    with pytest.raises(ComponentError, match=r"gave nothing for 1 s .* and was ended, in score \(mine.py line 11\)"):
        hangs.score(make_answered("Hi"))
    leaks = made(metric("\n        kept = []\n        while True: kept.append(b'x' * 10**7)"))
    with pytest.raises(ComponentError, match=r"took more than 300 MB of memory .* and was ended"):
        leaks.score(make_answered("Hi"))


def test_a_process_that_ended_is_not_started_again(made: Made) -> None:
    mine = made(metric("os._exit(3)"))
    for _ in range(2):
        with pytest.raises(ComponentError, match="ended itself with exit code 3"):
            mine.score(make_answered("Hi"))


def test_what_came_before_the_end_is_kept(made: Made) -> None:
    mine = made(metric("answered.text == 'bad' and os._exit(3)"))
    results = mine.scores([make_answered(text) for text in ("a", "bb", "bad", "c")])
    assert [next(results)["sum"] for _ in range(2)] == [1.0, 2.0]
    with pytest.raises(ComponentError, match="exit code 3"):
        next(results)


def test_what_it_prints_is_told_once_and_stays_off_stdout(
    made: Made, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    mine = made(metric("print('debug'); os.write(1, b'raw')"))
    with caplog.at_level(logging.WARNING, "harness"):
        mine.score(make_answered("Hi"))
        mine.score(make_answered("Hi"))
    assert capfd.readouterr().out == ""
    (said,) = caplog.messages
    assert "metric 'mine': score printed 'debug'; stdout is for results" in said


CHECK = """
from harness import Component, hookimpl
from harness.types import Checked, Finding
class Own(Checked): pass
class Text(str): pass
class Opaque: pass
class Mine:
    def check(self, passages):
        for one in passages: yield {result}
@hookimpl
def register_safety_checks(): yield Component("mine", Mine)
"""


def test_results_of_a_subclass_are_what_they_are_made_of(made: Made) -> None:
    check = made(CHECK.format(result="Own(one.id, (Finding('a', 'low', Text('b')),))"), "safety check")
    (found,) = check.check([make_passage("Hi", id="1")])
    assert found == Checked("1", (Finding("a", "low", "b"),))
    assert (type(found), type(found.findings[0].evidence)) == (Checked, str)


def test_a_result_of_another_class_is_refused_and_is_not_read_later(made: Made) -> None:
    check = made(CHECK.format(result="Opaque() if one.text == 'bad' else Checked(one.id)"), "safety check")
    with pytest.raises(TypeError, match=r"gave a harness_plugin_mine\.Opaque, which is no record"):
        list(check.check([make_passage(text, id=f"first {text}") for text in ("bad", "good", "fine")]))
    assert [one.id for one in check.check([make_passage("good", id="second")])] == ["second"]


def test_two_readers_of_one_worker_are_told_apart(made: Made) -> None:
    check = made(CHECK.format(result="Checked(one.id)"), "safety check")
    first, second = (check.check([make_passage("Hi", id=f"{name}{n}") for n in range(3)]) for name in "ab")
    assert next(first).id == "a0"
    assert [one.id for one in second] == ["b0", "b1", "b2"]
    with pytest.raises(ComponentError, match="was asked for something else before this was read to its end"):
        next(first)


class Evil:
    def __reduce__(self) -> Any:
        return os.system, ("touch evil",)


class Changes:
    """Would set an attribute of the class `Path`."""

    def __reduce__(self) -> Any:
        return Path, ("x",), (None, {"is_file": set})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (sent(Evil()), r"posix\.system"),
        (sent(Changes()), r"pathlib\.Path"),
        (sent(Done(make_case())), r"harness\.host\.isolation\.frames\.Done"),
        (told(3), "a int, which is no reply"),
        (told(make_case()), "a Case, which is no reply"),
        (b"garbage", "no message"),
    ],
)
def test_what_is_no_message_of_records_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        received(data)


def test_records_paths_and_plain_values_come_through() -> None:
    given = {"case": make_case("ä"), "path": Path("x/y"), "many": [1, 2.5, None, ("a", True), frozenset({"b"})]}
    assert received(told(Item(given))) == Item(given)


@pytest.mark.parametrize(("given", "said"), [("results[1:]", "gave 299 results"), ("results + results", "gave more")])
def test_scores_that_are_not_one_for_each_case_count_for_none(made: Made, given: str, said: str) -> None:
    text = metric().replace(
        "    def value",
        f"    def score_each(self, answered):\n        results = [self.score(one) for one in answered]\n"
        f"        return iter({given.replace('299', '')})\n    def value",
    )
    for isolate in (True, False):
        mine = made(text, use={"isolate": isolate})
        scored = list(score(mine, "mine", [make_answered("x" * n) for n in range(300)]))
        assert len(scored) == 300
        assert {one.statistics for one in scored} == {()}
        assert all("score_each gave" in str(one.error) for one in scored), said


def test_what_it_says_for_the_log_is_no_result(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECONDS, "1")
    body = "import logging, time\n        while True: logging.getLogger('harness').warning('busy'); time.sleep(0.2)"
    with pytest.raises(ComponentError, match="gave nothing for 1 s"):
        made(metric(body)).score(make_answered("Hi"))


def test_a_child_that_holds_the_pipe_does_not_hide_its_end(made: Made) -> None:
    with pytest.raises(ComponentError, match="ended itself with exit code 3"):
        made(metric("import time; time.sleep(30) if os.fork() == 0 else os._exit(3)")).score(make_answered("Hi"))


def test_the_memory_of_its_children_counts(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMORY, "300MB")
    program = "import time; kept = b'x' * 600_000_000; time.sleep(30)"
    body = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {program!r}])"
    with pytest.raises(ComponentError, match="took more than 300 MB of memory"):
        made(metric(body)).score(make_answered("Hi"))


def test_a_value_that_is_a_list_is_what_it_is_here(made: Made) -> None:
    text = metric().replace('statistics["sum"] / statistics["count"]', '[float(one) for one in statistics["sum"]]')
    assert made(text).value({"sum": np.array([1.0, 2.0])}).tolist() == [1.0, 2.0]


def test_the_process_ends_with_what_stands_for_it(made: Made) -> None:
    mine = made(metric())
    process = int(mine.score(make_answered("Hi"))["process"])
    assert Path(f"/proc/{process}").exists() or not Path("/proc").exists()
    del mine
    gc.collect()
    assert not Path(f"/proc/{process}").exists()


@pytest.mark.parametrize(("variable", "value"), [(SECONDS, "soon"), (SECONDS, "0"), (SECONDS, "nan"), (MEMORY, "much")])
def test_a_limit_that_is_none_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(UsageError, match=variable):
        limits({variable: value})


def test_without_limits_half_of_the_memory_and_five_minutes() -> None:
    most = limits({})
    assert most.seconds == 300.0
    assert 1e8 < most.memory < 1e15


def test_what_c_code_prints_in_this_process_stays_off_stdout_too(made: Made, capfd: pytest.CaptureFixture[str]) -> None:
    body = "import ctypes; ctypes.CDLL(None).printf(b'raw'); print('debug')"
    made(metric(body), use={"isolate": False}).score(make_answered("Hi"))
    os.write(1, b"{}")
    out, err = capfd.readouterr()
    assert (out, "raw" in err, "debug" in err) == ("{}", True, True)


WHOLE = """
from harness import Component, hookimpl
class Mine:
    reads = "text"
    def compute(self, answered): return float("".join(one.text for one in answered))
@hookimpl
def register_metrics(): yield Component("mine", Mine)
"""


def test_a_whole_metric_gets_the_answers_asked_for_in_their_order(made: Made) -> None:
    mine = made(WHOLE)
    one, two, three = (make_answered(text) for text in "123")
    asked = ([one, two, three], [one, three], [three, two], [one, make_answered("4")], [one, two])
    assert [mine.compute(some) for some in asked] == [123.0, 13.0, 32.0, 14.0, 12.0]


def test_answers_that_are_gone_are_not_taken_for_those_that_came_in_their_place(made: Made) -> None:
    mine = made(WHOLE)
    assert [mine.compute([make_answered(str(number))]) for number in range(50)] == [float(n) for n in range(50)]


TRAINER = """
from harness import Component, hookimpl
from harness.types import StepRecord
class Mine:
    def train(self, request, monitor): return monitor.step(StepRecord(1, 2))
@hookimpl
def register_trainers(): yield Component("mine", Mine)
"""


def test_a_monitor_that_raises_ends_the_training(made: Made, tmp_path: Path) -> None:
    class Monitor:
        def step(self, record: StepRecord) -> Any:
            raise OSError(f"no room for step {record.step}")

    trainer = made(TRAINER, "trainer", {"isolate": True})
    request = TrainRequest(ModelReference("base"), (), (), tmp_path)  # type: ignore[arg-type]
    with pytest.raises(OSError, match="no room for step 1"):
        trainer.train(request, Monitor())


def test_a_check_that_changes_a_passage_loses_what_comes_from_there_on(made: Made) -> None:
    text = """
from harness import Component, hookimpl
from harness.types import Checked
class Mine:
    def check(self, passages):
        for one in passages:
            if one.text == "b": one.case.slices["seen"] = "yes"
            yield Checked(one.id)
@hookimpl
def register_safety_checks(): yield Component("mine", Mine)
"""
    results = made(text, "safety check").check([make_passage(t, id=t, case=make_case(t)) for t in "abc"])
    assert next(results).id == "a"
    with pytest.raises(ComponentError, match="changed its input"):
        next(results)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at a process in /proc")
def test_what_it_has_started_ends_with_it(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECONDS, "1")
    started = "subprocess.Popen(['sleep', '60']).pid"
    body = f"import subprocess, time; open('child', 'w').write(str({started})); time.sleep(60)"
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ComponentError, match="gave nothing for 1 s"):
        made(metric(body)).score(make_answered("Hi"))
    stat = Path(f"/proc/{Path('child').read_text()}/stat")
    end = time.monotonic() + 5
    while stat.exists() and " Z " not in stat.read_text() and time.monotonic() < end:
        time.sleep(0.05)
    assert not stat.exists() or " Z " in stat.read_text()
