"""The index is right after every change, and is made anew only where something changed."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from plugin_listing import METRIC, install_plugin, write_project

from harness.cli import main
from harness.errors import UsageError
from harness.host.host import PluginHost
from harness.host.indexing.index import cache_file, plugin_index
from harness.host.indexing.installed import fingerprint
from harness.host.records import Indexed

COUNTED = "with open({log!r}, 'a') as log: log.write('x')\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on `sys.path` with two plugins, and an empty cache: one index serves the tests of this file."""
    folder = tmp_path_factory.mktemp("place")
    for name in ("one", "two"):
        text = COUNTED.format(log=str(folder / f"{name}.log")) + METRIC.format(number=1, component=f"index-{name}")
        install_plugin(folder, f"index-{name}", text)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        patch.setenv("HARNESS_CACHE", str(folder / "cache"))
        yield folder


def names(plugins: list[Indexed]) -> set[str]:
    return {offer.name for one in plugins for offer in one.offers if one.plugin.name.startswith("dummy-index")}


def imports(place: Path) -> list[int]:
    """How often each of the two has been imported."""
    return [len((place / f"{name}.log").read_text()) for name in ("one", "two")]


def test_a_second_look_imports_nothing(place: Path) -> None:
    first = plugin_index()
    before = imports(place)
    assert plugin_index() == first
    assert names(first) == {"index-one", "index-two"}
    assert (imports(place), "dummy_index_one" in sys.modules) == (before, False)


def test_an_edit_shows_at_once_and_imports_that_plugin_alone(place: Path) -> None:
    plugin_index()
    before = imports(place)
    module = place / "dummy_index_one.py"
    module.write_text(module.read_text().replace("index-one", "index-renamed"))
    assert names(plugin_index()) == {"index-renamed", "index-two"}
    assert imports(place) == [before[0] + 1, before[1]]
    module.write_text(module.read_text().replace("index-renamed", "index-one"))
    assert names(plugin_index()) == {"index-one", "index-two"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 2}'], ids=["empty", "cut", "list", "keys missing"])
def test_a_damaged_file_is_made_anew(place: Path, text: str) -> None:
    cache_file().parent.mkdir(parents=True, exist_ok=True)
    cache_file().write_text(text)
    assert names(plugin_index()) == {"index-one", "index-two"}
    assert cache_file().read_text().startswith('{"schema"')


def test_a_cache_that_cannot_be_written_is_no_error(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_CACHE", str(place / "dummy_index_one.py"))  # a file, not a folder
    assert names(plugin_index()) == {"index-one", "index-two"}


def test_a_distribution_that_comes_or_goes_is_noticed(place: Path) -> None:
    before = fingerprint()
    install_plugin(place, "index-three", METRIC.format(number=1, component="index-three"))
    assert fingerprint() != before
    (place / "dummy_index_three-1.0.dist-info").rename(place / "gone")
    assert fingerprint() == before


def test_the_current_folder_makes_no_index_of_its_own(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    before = fingerprint(), cache_file()
    monkeypatch.chdir(place.parent)
    assert (fingerprint(), cache_file()) == before
    monkeypatch.chdir(place)  # which holds distributions
    assert fingerprint() != before[0]


def test_what_was_mended_elsewhere_works_after_a_refresh(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = place / "dummy_index_two.py"
    text = module.read_text()
    module.write_text(f"import os\nos.environ['INDEX_LICENCE']\n{text}")
    assert names(plugin_index()) == {"index-one"}
    monkeypatch.setenv("INDEX_LICENCE", "given")
    assert names(plugin_index()) == {"index-one"}
    assert names(plugin_index(refresh=True)) == {"index-one", "index-two"}
    module.write_text(text)


def test_a_component_of_a_plugin_that_failed_once_is_found_at_the_second_look(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = place / "dummy_index_two.py"
    text = module.read_text()
    module.write_text(f"import os\nos.environ['INDEX_TOKEN']\n{text}")
    assert names(plugin_index()) == {"index-one"}
    monkeypatch.setenv("INDEX_TOKEN", "given")
    before = imports(place)
    assert PluginHost().find("metric", "index-two").plugin.name == "dummy-index-two"
    assert imports(place) == [before[0], before[1] + 2]  # in the process of its own, and here
    assert names(plugin_index()) == {"index-one", "index-two"}
    module.write_text(text)


def test_a_run_that_needs_a_plugin_which_fails_now_is_incomplete_and_says_why(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = place / "dummy_index_two.py"
    text = module.read_text()
    module.write_text(f"import os\nif 'INDEX_GONE' in os.environ:\n    raise OSError('gone')\n{text}")
    assert "index-two" in names(plugin_index())
    monkeypatch.setenv("INDEX_GONE", "1")
    monkeypatch.delitem(sys.modules, "dummy_index_two", raising=False)
    monkeypatch.chdir(tmp_path)
    write_project(tmp_path)
    (tmp_path / "towns.yaml").write_text("name: towns\ncases: suites/towns.jsonl\nmetrics: [{use: index-two}]\n")
    assert main(["evaluate", "--predictions", "answers.jsonl", "--suite", "towns.yaml", "--name", "x"]) == 4
    said = "metric 'index-two' cannot be used: plugin dummy-index-two (dummy_index_two 1.0) offers it, but cannot be "
    assert f"{said}imported: OSError: gone" in " ".join(capsys.readouterr().err.split())
    module.write_text(text)


def test_what_fails_for_good_is_looked_at_again_once(place: Path) -> None:
    module = place / "dummy_index_two.py"
    text = module.read_text()
    module.write_text(f"{text.splitlines()[0]}\nraise OSError('offline')\n")
    host = PluginHost(installed=plugin_index())
    before = imports(place)
    for _ in range(2):
        with pytest.raises(UsageError, match=r"unknown metric 'index-two'[^$]*not loaded: plugin dummy-index-two"):
            host.find("metric", "index-two")
    assert imports(place) == [before[0], before[1] + 1]
    module.write_text(text)


def test_an_import_that_took_too_long_is_tried_again_after_a_while(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = place / "dummy_index_two.py"
    text = module.read_text()
    module.write_text(f"import os, time\ntime.sleep(0 if 'INDEX_IDLE' in os.environ else 60)\n{text}")
    with monkeypatch.context() as busy:
        busy.setenv("HARNESS_PLUGIN_SECONDS", "1")
        assert names(plugin_index()) == {"index-one"}
    monkeypatch.setenv("INDEX_IDLE", "1")
    assert names(plugin_index()) == {"index-one"}
    os.utime(cache_file(), (time.time() - 700, time.time() - 700))
    assert names(plugin_index()) == {"index-one", "index-two"}
    module.write_text(text)


def test_a_module_that_was_missing_is_found_once_it_is_there(place: Path) -> None:
    install_plugin(place, "index-late", None)
    assert "index-late" not in names(plugin_index())
    (place / "dummy_index_late.py").write_text(METRIC.format(number=1, component="index-late"))
    assert "index-late" in names(plugin_index())
    (place / "dummy_index_late-1.0.dist-info").rename(place / "late")


def test_metadata_that_is_half_removed_is_a_plugin_without_a_version(place: Path) -> None:
    install_plugin(place, "index-half", METRIC.format(number=1, component="index-half"))
    metadata = place / "dummy_index_half-1.0.dist-info"
    (metadata / "METADATA").unlink()
    (found,) = (one for one in plugin_index() if one.plugin.name == "dummy-index-half")
    assert (found.plugin.distribution, found.plugin.version, found.loads) == ("?", "?", True)
    metadata.rename(place / "half")


def test_an_entry_point_that_was_rewritten_in_place_counts(place: Path) -> None:
    install_plugin(place, "index-moved", METRIC.format(number=1, component="index-moved"))
    assert "index-moved" in names(plugin_index())
    metadata = place / "dummy_index_moved-1.0.dist-info"
    (metadata / "entry_points.txt").write_text("[finetune_harness]\ndummy-index-new = dummy_index_moved\n")
    found = {one.plugin.name for one in plugin_index()}
    assert ("dummy-index-moved" in found, "dummy-index-new" in found) == (False, True)
    metadata.rename(place / "moved")


def test_the_command_refreshes_all(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plugin_index()
    before = imports(place)
    assert main(["plugins"]) == 0
    assert imports(place) == before
    assert main(["plugins", "--refresh"]) == 0
    assert imports(place) == [before[0] + 1, before[1] + 1]
    assert "index-one" in capsys.readouterr().out


def test_files_of_environments_long_unused_go(place: Path) -> None:
    plugin_index()
    old, new = cache_file().with_name("old.json"), cache_file().with_name("new.json")
    old.write_text("{}")
    new.write_text("{}")
    os.utime(old, (0, 0))
    plugin_index(refresh=True)
    assert (old.exists(), new.exists()) == (False, True)
