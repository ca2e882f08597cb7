from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project


def test_a_new_plugin_is_written_where_it_is_wanted_and_what_comes_next_is_said(project: Project, harness: Run) -> None:
    result = harness("plugins", "new", "polite-endings", "--kind", "safety", "--dir", "mine")
    assert (result.code, result.err) == (0, "")
    assert (project.folder / "mine/polite-endings/pyproject.toml").is_file()
    lines = result.out.splitlines()
    assert "wrote mine/polite-endings/README.md" in lines
    assert "the safety check 'polite-endings': replies that promise what nobody can keep" in lines
    assert lines[-2].startswith('next: cd mine/polite-endings && pip install -e ".[test]"')


def test_a_name_that_another_component_of_the_kind_has_is_refused(project: Project, harness: Run) -> None:
    result = harness("plugins", "new", "token-f1", "--kind", "metric")
    assert (result.code, "a component of this kind has that name already" in result.err) == (2, True)
    assert harness("plugins", "new", "token-f1", "--kind", "cleaner").code == 0


def test_another_kind_is_refused(project: Project, harness: Run) -> None:
    result = harness("plugins", "new", "mine", "--kind", "metrics")
    assert (result.code, "'dataset', 'cleaner'" in result.err) == (2, True)
