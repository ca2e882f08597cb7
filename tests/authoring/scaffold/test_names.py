from __future__ import annotations

from pathlib import Path

import pytest

from harness.authoring.scaffold.writing import requirement_on, write_distribution
from harness.errors import UsageError
from harness.types.component import KINDS


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Polite_Endings", "write 'polite-endings', the form in which package indexes know it"),
        ("polite endings", "a name has letters a–z, digits and hyphens"),
        ("-polite", "a name has letters a–z, digits and hyphens"),
        ("höflich", "a name has letters a–z, digits and hyphens"),
        ("", "a name has letters a–z, digits and hyphens"),
        ("a" * 41, "40 at most"),
        ("2-lines", "would begin with a digit; choose another name, for example 'my-2-lines'"),
        ("import", "'import' is a word of Python"),
        ("json", "'json' is a module of Python's own library"),
        ("numpy", "a plugin or distribution of that name is installed"),
        ("harness-metrics", "a plugin or distribution of that name is installed"),
        ("yaml", "a module 'yaml' is installed"),
        ("accuracy", "a component of this kind has that name already"),
    ],
)
def test_a_name_that_will_not_do_is_refused_and_nothing_written(name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="plugins new") as caught:
        write_distribution(name, KINDS["metric"], tmp_path, taken=["accuracy"])
    assert said in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a", "polite-endings", "harness-polite", "t5-score"])
def test_other_names_are_those_of_the_folder_and_the_package(name: str, tmp_path: Path) -> None:
    write_distribution(name, KINDS["metric"], tmp_path)
    assert (tmp_path / name / "src" / name.replace("-", "_") / "__init__.py").is_file()


def test_a_folder_with_something_in_it_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    write_distribution("mine", KINDS["metric"], tmp_path)
    with pytest.raises(UsageError, match="mine is there already and not empty"):
        write_distribution("mine", KINDS["cleaner"], tmp_path)
    assert not (tmp_path / "mine/src/mine/echoes.py").exists()


@pytest.mark.parametrize(
    ("running", "requirement"),
    [
        ("0.1.0", "finetune-harness>=0.1,<0.2"),
        ("0.9.3", "finetune-harness>=0.9,<0.10"),
        ("2.4.1", "finetune-harness>=2.4,<3"),
        ("0.3.0.dev1", "finetune-harness>=0.3.0.dev1,<0.4"),
    ],
)
def test_the_requirement_is_the_release_up_to_the_next_that_may_change_the_api(running: str, requirement: str) -> None:
    assert requirement_on(running) == requirement
