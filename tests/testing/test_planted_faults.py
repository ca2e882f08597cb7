"""Every rule of every contract can fail, and a sound component of each kind keeps all of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest
from planted import contracts

from harness.testing import CONTRACT_OF_KIND
from harness.types.component import ComponentKind


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, set[str]]:
    """The rules that each row of the table breaks, found out by pytest in a process of its own."""
    report = tmp_path_factory.mktemp("planted") / "report.xml"
    command = [sys.executable, "-m", "pytest", str(contracts.__file__), f"--junitxml={report}"]
    quiet = ["-q", "-n0", "--tb=no", "-rN", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, *quiet], cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert report.is_file(), done.stdout + done.stderr
    found: dict[str, set[str]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        rules = found.setdefault(case.attrib["classname"].rpartition("Test ")[2], set())
        if case.find("failure") is not None or case.find("error") is not None:
            rules.add(case.attrib["name"])
    return found


@pytest.mark.parametrize("name", contracts.TABLE)
def test_a_fault_breaks_the_rules_that_are_about_it_and_no_other(name: str, broken: Mapping[str, set[str]]) -> None:
    planted = contracts.TABLE[name]
    assert planted.breaks <= broken[name]
    assert planted.and_more or planted.breaks == broken[name]


@pytest.mark.parametrize("kind", CONTRACT_OF_KIND)
def test_every_rule_of_the_kind_has_a_fault_that_breaks_it(kind: ComponentKind) -> None:
    rules = {name for name in dir(CONTRACT_OF_KIND[kind]) if name.startswith("test_")}
    broken = {rule for planted in contracts.TABLE.values() if planted.kind == kind for rule in planted.breaks}
    assert rules == broken


def test_a_sound_component_of_each_kind_is_in_the_table() -> None:
    assert {planted.kind for planted in contracts.TABLE.values() if not planted.breaks} == CONTRACT_OF_KIND.keys()
