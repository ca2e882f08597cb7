"""The CI jobs of `reports/README.md`, each step run in order in a sample repository, as a runner would."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from harness.report.markdown import MOST_BYTES

ROOT = Path(__file__).parents[1]
YAML_BLOCK = re.compile(r"```yaml\n# (\S+)\n(.*?)```", re.DOTALL)
JOBS: Mapping[str, Any] = {
    name: yaml.safe_load(text)
    for name, text in YAML_BLOCK.findall((ROOT / "reports/README.md").read_text(encoding="utf-8"))
}
WRITES_ARTEFACT, READS_ARTEFACT = "actions/upload-artifact@v4", "actions/download-artifact@v4"
FAILED_TOO = "${{ !cancelled() }}"

ANSWERS = """
import json, sys
cases = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
answers = sorted({case["answer"] for case in cases})
for number, case in enumerate(cases):
    wrong = answers[answers.index(case["answer"]) - 1]
    print(json.dumps({"id": case["id"], "text": wrong if number % 10 < WRONG else case["answer"]}))
"""
"""The user's own system; it gets WRONG of ten cases wrong."""
STUBS: Mapping[str, str] = {
    "pip": 'echo "pip $*" >> "$CALLS"',
    "gh": 'echo "gh $*" >> "$CALLS"; if [ "$1 $2" = "run list" ]; then echo 4711; else cp "$5" "$POSTED"; fi',
    "curl": 'echo "curl $*" >> "$CALLS"; for a; do case "$a" in body@*) cp "${a#body@}" "$POSTED";; esac; done',
}
"""What would need the network: installing, asking GitHub, commenting. Each keeps what it was called with."""


@dataclass(frozen=True)
class Runner:
    """A clone of the sample repository on its branch, and the environment of a job."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, script: str, **variables: str) -> int:
        """The exit code of a script; a failing line ends it, as on both services."""
        command = ["bash", "-e", "-c", script]
        done = subprocess.run(command, cwd=self.folder, env={**self.environment, **variables}, check=False)
        return done.returncode

    @property
    def calls(self) -> list[str]:
        return Path(self.environment["CALLS"]).read_text(encoding="utf-8").splitlines()

    @property
    def posted(self) -> str:
        return Path(self.environment["POSTED"]).read_text(encoding="utf-8")


@pytest.fixture
def stubs(tmp_path: Path) -> dict[str, str]:
    """An environment with the installed `harness`, the stubs in front of all else, and no user's settings."""
    folder = tmp_path / "stubs"
    folder.mkdir()
    for name, script in STUBS.items():
        (folder / name).write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    who = {f"GIT_{role}_{key}": "sample" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    return {
        **who,
        "PATH": os.pathsep.join([str(folder), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(tmp_path),
        "CALLS": str(tmp_path / "calls"),
        "POSTED": str(tmp_path / "posted.md"),
    }


def git(folder: Path, environment: Mapping[str, str], *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], env=environment, check=True, capture_output=True)


def repository(tmp_path: Path, environment: Mapping[str, str], wrong: int) -> Path:
    """An origin whose main gets one case of ten wrong, and whose branch `change` gets `wrong` of ten wrong."""
    folder = tmp_path / "origin"
    (folder / "suites").mkdir(parents=True)
    for name in ("support-intents.yaml", "support-intents.jsonl"):
        shutil.copy(ROOT / "suites/harness_suites" / name, folder / "suites")
    git(folder, environment, "init", "--initial-branch", "main")
    for branch, share in (("main", 1), ("change", wrong)):
        if branch != "main":
            git(folder, environment, "checkout", "-b", branch)
        (folder / "answer_cases.py").write_text(f"WRONG = {share}\n{ANSWERS}", encoding="utf-8")
        (folder / "change.txt").write_text(branch, encoding="utf-8")
        git(folder, environment, "add", ".")
        git(folder, environment, "commit", "-m", branch)
    return folder


def clone(origin: Path, environment: Mapping[str, str], branch: str, name: str) -> Runner:
    """A fresh checkout of one commit, which is what a runner gets."""
    folder = origin.parent / name
    git(origin.parent, environment, "clone", "--depth", "1", "--branch", branch, origin.as_uri(), str(folder))
    return Runner(folder, environment)


def github(runner: Runner, job: Mapping[str, Any], artefacts: Path, **variables: str) -> list[str]:
    """Run the steps in order; the names of the steps that failed. Artefacts lie in a folder of that name."""
    failed: list[str] = []
    for step in job["steps"]:
        if failed and step.get("if") != FAILED_TOO:
            continue
        if "run" in step:
            if runner.run(step["run"], **variables) != 0 and not step.get("continue-on-error"):
                failed.append(step["name"])
        elif step["uses"] == WRITES_ARTEFACT:
            kept = runner.folder / step["with"]["path"]
            target = artefacts / step["with"]["name"]
            shutil.copytree(kept, target) if kept.is_dir() else (target.mkdir(), shutil.copy(kept, target))
        elif step["uses"] == READS_ARTEFACT:
            shutil.copytree(artefacts / step["with"]["name"], runner.folder, dirs_exist_ok=True)
    return failed


def gitlab(runner: Runner, job: Mapping[str, Any], before: Sequence[str], **variables: str) -> int:
    """Run before_script and script as one, then after_script whatever happened; the exit code of the former."""
    code = runner.run("\n".join(["set -o pipefail", *before, *job["script"]]), **variables)
    if "after_script" in job:
        assert runner.run("\n".join(job["after_script"]), **variables) == 0
    return code


def failures(file: Path) -> tuple[str, str]:
    root = ET.parse(file).getroot()
    return root.attrib["failures"], root.attrib["errors"]


def test_the_guide_has_the_jobs_that_are_run_here() -> None:
    assert list(JOBS) == [".github/workflows/baseline.yml", ".github/workflows/gate.yml", ".gitlab-ci.yml"]


@pytest.mark.parametrize(
    ("wrong", "failed", "word", "counted"),
    [(0, [], "PASS", ("0", "0")), (5, ["Gate"], "REGRESSED", ("3", "0"))],
    ids=["passing", "regressing"],
)
def test_the_github_jobs_gate_a_pull_request(
    tmp_path: Path, stubs: dict[str, str], wrong: int, failed: list[str], word: str, counted: tuple[str, str]
) -> None:
    origin = repository(tmp_path, stubs, wrong)
    artefacts = tmp_path / "artefacts"
    artefacts.mkdir()
    job = JOBS[".github/workflows/baseline.yml"]["jobs"]["baseline"]
    assert github(clone(origin, stubs, "main", "baseline"), job, artefacts) == []

    runner = clone(origin, stubs, "change", "gate")
    files = {name: str(tmp_path / name) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    variables = {**files, "GITHUB_BASE_REF": "main", "PULL_REQUEST": "12"}
    assert github(runner, JOBS[".github/workflows/gate.yml"]["jobs"]["gate"], artefacts, **variables) == failed

    assert Path(files["GITHUB_OUTPUT"]).read_text(encoding="utf-8") == "run=4711\n"
    summary = Path(files["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")
    assert summary.startswith(f"**{word}** · exit {len(failed)}")
    assert runner.posted == summary
    assert len(summary.encode()) < MOST_BYTES
    assert any(
        call.startswith("gh run list --workflow baseline.yml --branch main --status success") for call in runner.calls
    )
    assert runner.calls[-1] == "gh pr comment 12 --body-file report.md --edit-last --create-if-none"
    (report,) = (artefacts / "report").glob("*/report.html")
    assert failures(report.with_name("junit.xml")) == counted


@pytest.mark.parametrize(
    ("wrong", "code", "word", "counted"),
    [(0, 0, "PASS", ("0", "0")), (5, 1, "REGRESSED", ("3", "0"))],
    ids=["passing", "regressing"],
)
def test_the_gitlab_jobs_gate_a_merge_request(
    tmp_path: Path, stubs: dict[str, str], wrong: int, code: int, word: str, counted: tuple[str, str]
) -> None:
    jobs = JOBS[".gitlab-ci.yml"]
    origin = repository(tmp_path, stubs, wrong)
    before = jobs["default"]["before_script"]
    first = clone(origin, stubs, "change", "baseline")
    assert gitlab(first, jobs["baseline"], before, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main") == 0

    runner = clone(origin, stubs, "change", "gate")
    for path in jobs["baseline"]["artifacts"]["paths"]:
        shutil.copy(first.folder / path, runner.folder / path)
    project = {"CI_API_V4_URL": "https://gitlab.example/api/v4", "CI_PROJECT_ID": "7", "CI_MERGE_REQUEST_IID": "12"}
    assert gitlab(runner, jobs["gate"], before, REPORT_TOKEN="secret", **project) == code

    assert runner.posted.startswith(f"**{word}** · exit {code}")
    assert runner.calls[-1].endswith("https://gitlab.example/api/v4/projects/7/merge_requests/12/notes")
    assert failures(runner.folder / jobs["gate"]["artifacts"]["reports"]["junit"]) == counted
    assert list((runner.folder / "reports").glob("*/report.html"))
