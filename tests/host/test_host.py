from __future__ import annotations

import signal
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from harness.errors import PluginError, UsageError
from harness.host.host import PluginHost
from harness.host.records import Indexed, Offer, PluginInfo, Problem
from harness.types import RunFinished


def plugin_file(folder: Path, name: str, text: str) -> Path:
    file = folder / f"{name}.py"
    file.write_text(dedent(text), encoding="utf-8")
    return file


METRIC = """
    from harness import Component, hookimpl

    class Length:
        reads = "text"

        def score(self, answered):
            return {{"sum": float(len(answered.text)), "count": 1.0}}

        def value(self, statistics):
            return statistics["sum"] / statistics["count"]

    @hookimpl
    def register_metrics():
        yield Component("{name}", Length, "length of the reply")
"""


def test_first_party_plugins_are_found_by_their_entry_points() -> None:
    host = PluginHost()
    assert {one.component.name for one in host.components("backend")} == {"openai", "transformers"}
    assert host.problems == []
    assert host.duplicates() == []


def test_every_kind_has_a_first_party_component() -> None:
    from harness.hookspecs import HOOK_OF_KIND

    host = PluginHost()
    assert all(host.components(kind) for kind in HOOK_OF_KIND)
    assert host.suite_folders()


def test_a_single_file_is_a_plugin(tmp_path: Path) -> None:
    host = PluginHost(files=[plugin_file(tmp_path, "mine", METRIC.format(name="length"))])
    found = host.find("metric", "length")
    assert found.summary == "length of the reply"
    assert found.plugin.name == "mine"


def test_a_plugin_that_raises_at_import_is_named_and_the_rest_works(tmp_path: Path) -> None:
    host = PluginHost(files=[plugin_file(tmp_path, "broken", "raise RuntimeError('no licence')")])
    assert [str(problem) for problem in host.problems] == [
        f"plugin broken ({tmp_path / 'broken.py'}): cannot be imported: RuntimeError: no licence"
    ]
    assert host.find("metric", "accuracy")


def test_a_plugin_that_exits_at_import_is_a_problem(tmp_path: Path) -> None:
    host = PluginHost(files=[plugin_file(tmp_path, "quits", "import sys; sys.exit('bye')")])
    assert "SystemExit: bye" in str(host.problems[0])


def test_a_misspelt_hook_is_reported_with_the_right_name(tmp_path: Path) -> None:
    text = "from harness import hookimpl\n\n@hookimpl\ndef register_metric():\n    return []\n"
    host = PluginHost(files=[plugin_file(tmp_path, "typo", text)])
    assert "register_metric: is no hook (did you mean 'register_metrics'?)" in str(host.problems[0])


def test_a_hook_without_its_marker_is_a_warning(tmp_path: Path) -> None:
    host = PluginHost(files=[plugin_file(tmp_path, "unmarked", "def register_metrics():\n    return []\n")])
    assert "not marked with @hookimpl" in str(host.problems[0])
    assert not host.problems[0].fatal


def test_an_imported_hook_function_does_not_register_twice(tmp_path: Path) -> None:
    text = "from harness_metrics import register_metrics\n"
    host = PluginHost(files=[plugin_file(tmp_path, "reexports", text)])
    assert host.duplicates() == []
    assert host.problems == []


def test_a_wrapper_is_refused(tmp_path: Path) -> None:
    text = "from harness import hookimpl\n\n@hookimpl(wrapper=True)\ndef register_metrics():\n    return (yield)\n"
    host = PluginHost(files=[plugin_file(tmp_path, "wraps", text)])
    assert "is a wrapper" in str(host.problems[0])


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("async def register_metrics():\n    return []", "register_metrics: is async, and nothing awaits it"),
        ("async def run_finished(event):\n    print(event)", "run_finished: is async, and nothing awaits it"),
        ("def run_started(event):\n    yield event", "run_started: yields, and nothing reads what it yields"),
        ("async def register_datasets():\n    yield 1", "register_datasets: is async, and nothing awaits it"),
    ],
)
def test_a_hook_whose_call_would_do_nothing_is_a_problem(tmp_path: Path, function: str, said: str) -> None:
    host = PluginHost(files=[plugin_file(tmp_path, "idle", f"from harness import hookimpl\n\n@hookimpl\n{function}\n")])
    (problem,) = host.problems
    assert (problem.fatal, said in str(problem)) == (True, True)


def test_a_hook_that_raises_halfway_is_attributed(tmp_path: Path) -> None:
    text = METRIC.format(name="x").rstrip() + "\n        raise KeyError('late')\n"
    host = PluginHost(files=[plugin_file(tmp_path, "late", text)])
    assert [one.component.name for one in host.components("metric")].count("x") == 0
    assert "plugin late" in str(host.problems[0])
    assert "register_metrics: KeyError: 'late'" in str(host.problems[0])


def test_duplicate_names_name_both_plugins_and_cannot_be_used(tmp_path: Path) -> None:
    host = PluginHost(files=[plugin_file(tmp_path, "rival", METRIC.format(name="accuracy"))])
    with pytest.raises(UsageError, match=r"'accuracy' is offered by harness-metrics .* and rival"):
        host.find("metric", "accuracy")
    assert host.find("metric", "macro-f1")
    assert len(host.duplicates()) == 1


def test_disabling_the_rival_settles_a_duplicate(tmp_path: Path) -> None:
    file = plugin_file(tmp_path, "rival", METRIC.format(name="accuracy"))
    host = PluginHost(files=[file], disabled=["rival"])
    assert host.find("metric", "accuracy").plugin.name == "harness-metrics"


def test_an_allow_list_keeps_installed_plugins_out_but_not_named_files(tmp_path: Path) -> None:
    file = plugin_file(tmp_path, "mine", METRIC.format(name="length"))
    host = PluginHost(files=[file], allowed=["harness-datasets"])
    assert {plugin.name for plugin in host.plugins} == {"harness-datasets", "mine"}


def test_an_unknown_plugin_name_is_a_usage_error_that_suggests() -> None:
    with pytest.raises(UsageError, match="did you mean 'harness-metrics'"):
        PluginHost(disabled=["harness-metric"])


def test_an_unknown_component_lists_what_there_is() -> None:
    with pytest.raises(UsageError, match=r"s.yaml: unknown metric 'rougeL'.*available: accuracy, .*rouge-l"):
        PluginHost().find("metric", "rougeL", "s.yaml")


def test_what_a_hook_yields_must_be_components(tmp_path: Path) -> None:
    text = "from harness import hookimpl\n\n@hookimpl\ndef register_metrics():\n    return ['accuracy']\n"
    host = PluginHost(files=[plugin_file(tmp_path, "strings", text)])
    host.components("metric")
    assert "yielded 'accuracy', which is no Component" in str(host.problems[0])


def test_an_event_hook_that_raises_is_logged_and_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = "from harness import hookimpl\n\n@hookimpl\ndef run_finished(event):\n    raise OSError('disk')\n"
    host = PluginHost(files=[plugin_file(tmp_path, "observer", text)], disabled=["harness-runlog"])
    host.notify("run_finished", RunFinished("r", tmp_path, "complete", 0, 1.0))
    assert "run_finished: OSError: disk" in caplog.text


# --- installed plugins -------------------------------------------------------------------------------

OBSERVER = "from harness import hookimpl\n\nseen = []\n\n@hookimpl\ndef run_finished(event):\n    seen.append(event)\n"


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of modules that can be imported."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def installed(folder: Path, name: str, text: str, *components: str, hooks: tuple[str, ...] = ()) -> Indexed:
    """An indexed plugin that offers metrics."""
    plugin_file(folder, name, text)
    info = PluginInfo(name, name, f"{name}-distribution", "1.0")
    return Indexed(info, hooks=hooks, offers=tuple(Offer("metric", one, info) for one in components))


def test_a_component_is_found_by_importing_its_plugin_alone(modules: Path) -> None:
    wanted = installed(modules, "wanted", METRIC.format(name="length"), "length")
    other = installed(modules, "not_wanted", METRIC.format(name="width"), "width")
    host = PluginHost(installed=[wanted, other])
    assert host.find("metric", "length").plugin == wanted.plugin
    assert ("wanted" in sys.modules, "not_wanted" in sys.modules) == (True, False)
    assert [one.component.name for one in host.components("metric")] == ["length", "width"]


def test_an_event_imports_the_plugins_that_have_its_hook(modules: Path) -> None:
    observes = installed(modules, "observes", OBSERVER, hooks=("run_finished",))
    rests = installed(modules, "rests", OBSERVER, hooks=("run_started",))
    PluginHost(installed=[observes, rests]).notify("run_finished", "the end")
    assert sys.modules["observes"].seen == ["the end"]
    assert "rests" not in sys.modules


def test_a_needed_plugin_that_cannot_be_imported_any_more_says_why(
    modules: Path, caplog: pytest.LogCaptureFixture
) -> None:
    host = PluginHost(installed=[installed(modules, "gone_bad", "raise OSError('moved')", "length")])
    with pytest.raises(PluginError) as raised:
        host.find("metric", "length", "s.yaml")
    assert str(raised.value) == (
        "s.yaml: metric 'length' cannot be used: plugin gone_bad (gone_bad-distribution 1.0) offers it, but "
        "cannot be imported: OSError: moved; `harness plugins doctor gone_bad` says more"
    )
    assert "plugin gone_bad (gone_bad-distribution 1.0): cannot be imported: OSError: moved" in caplog.text


def test_a_component_that_its_plugin_does_not_yield_any_more_is_no_unknown_one(modules: Path) -> None:
    host = PluginHost(installed=[installed(modules, "changed_mind", METRIC.format(name="width"), "height")])
    with pytest.raises(PluginError, match=r"'height' cannot be used: .* but register_metrics does not yield it now"):
        host.find("metric", "height")


def test_a_broken_plugin_that_is_not_needed_is_no_warning(modules: Path, caplog: pytest.LogCaptureFixture) -> None:
    works = installed(modules, "works_well", METRIC.format(name="length"), "length")
    info = PluginInfo("broken", "broken", "broken", "1.0")
    host = PluginHost(installed=[works, Indexed(info, problems=(Problem(info, "cannot be imported"),))])
    assert host.find("metric", "length")
    assert (host.problems, caplog.text) == ([], "")
    assert [str(problem) for problem in host.all_problems()] == ["plugin broken (broken 1.0): cannot be imported"]


def test_suite_folders_are_known_without_an_import(modules: Path) -> None:
    info = PluginInfo("has_suites", "has_suites", "has-suites", "1.0")
    host = PluginHost(installed=[Indexed(info, folders=(str(modules),))])
    assert host.suite_folders() == [modules]


def test_a_file_cannot_take_the_name_of_an_installed_plugin(tmp_path: Path) -> None:
    host = PluginHost(files=[plugin_file(tmp_path, "harness-metrics", METRIC.format(name="length"))])
    assert "another plugin has this name: harness-metrics (finetune-harness" in str(host.problems[0])


def test_what_a_file_prints_when_it_is_loaded_is_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    host = PluginHost(files=[plugin_file(tmp_path, "chatty", "print('hello')")], installed=())
    assert "prints to stdout, where only results belong: 'hello'" in str(host.problems[0])
    assert capsys.readouterr().out == ""


def test_a_file_that_hangs_at_import_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_PLUGIN_SECONDS", "1")
    files = [plugin_file(tmp_path, "sleepy", "import time\ntime.sleep(600)"), plugin_file(tmp_path, "awake", "")]
    host = PluginHost(files=files, installed=())
    assert [(problem.message, problem.kind) for problem in host.problems] == [
        ("cannot be imported: it takes longer than 1 s; HARNESS_PLUGIN_SECONDS=N gives it N seconds", "slow")
    ]
    assert [one.name for one in host.plugins] == ["awake"]


def test_the_time_limit_of_an_import_leaves_other_alarms_as_they_were(tmp_path: Path) -> None:
    handler, (left, _) = signal.getsignal(signal.SIGALRM), signal.setitimer(signal.ITIMER_REAL, 500)
    PluginHost(files=[plugin_file(tmp_path, "no_alarm", "")], installed=())
    after, _ = signal.setitimer(signal.ITIMER_REAL, left)
    assert 490 < after <= 500
    assert signal.getsignal(signal.SIGALRM) is handler


def test_an_argument_with_a_default_is_the_plugins_own_affair(tmp_path: Path) -> None:
    text = OBSERVER.replace("run_finished(event)", "run_finished(event, path='log.txt')")
    host = PluginHost(files=[plugin_file(tmp_path, "own_default", text)], installed=())
    host.notify("run_finished", "the end")
    assert (host.problems, sys.modules["harness_plugin_own_default"].seen) == ([], ["the end"])


def test_a_plugin_that_cannot_even_be_looked_at_is_a_problem(tmp_path: Path) -> None:
    host = PluginHost(installed=())
    host.add(Unreadable(), PluginInfo("odd", "odd.py"))
    assert [str(problem) for problem in host.problems] == [
        "plugin odd (odd.py): cannot be registered: RuntimeError: not now"
    ]


class Unreadable:
    @property
    def register_metrics(self) -> None:
        raise RuntimeError("not now")
