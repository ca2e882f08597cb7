from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cli import main

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Project

CHECK = "from harness import safety_check\n@safety_check\ndef names_a_price(passage, currency: str): return None\n"


def test_a_report_has_a_word_for_each_line_and_a_mend(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.write("prices.py", CHECK)
    assert main(["plugins", "doctor", "--plugin", "prices.py"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("plugin prices (prices.py)\n  ✓ ok       entry point: none; the file prices.py")
    assert "  safety check names-a-price\n    ✓ ok       options: currency: str\n" in out
    assert "    – not run  contract: option 'currency' is required\n               → give it: --option names-a-" in out
    assert out.endswith("\nall is well, but not run: contract of safety check names-a-price\n")


def test_all_is_well_where_every_contract_was_run(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.write("prices.py", CHECK)
    option = ["--option", "names-a-price.currency='€'"]
    assert main(["plugins", "doctor", *option, "--plugin", "prices.py"]) == 0
    assert capsys.readouterr().out.endswith("\nall is well\n")


def test_an_error_that_speaks_of_deprecation_is_to_be_mended(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.write("old.py", "raise RuntimeError('numpy.foo is deprecated')\n")
    assert main(["plugins", "doctor", "--plugin", "old.py"]) == 2
    assert capsys.readouterr().out.endswith("\nto mend: old\n")


def test_what_is_to_be_mended_is_exit_code_2(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.write("broken.py", "import nowhere\n")
    assert main(["plugins", "doctor", "--plugin", "broken.py"]) == 2
    out = capsys.readouterr().out
    assert "  ✗ mend     entry point: cannot be imported: ModuleNotFoundError" in out
    assert out.endswith("to mend: broken\n")


def test_json_has_the_same_lines(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    import json

    project.write("prices.py", CHECK)
    option = ["--option", "names-a-price.currency='€'"]
    assert main(["plugins", "doctor", "--json", *option, "--plugin", "prices.py"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["plugins"]
    assert (found["name"], found["well"]) == ("prices", True)
    contract = found["lines"][-1]
    assert (contract["component"], contract["subject"], contract["state"]) == (
        *("safety check names-a-price", "contract", "ok"),
    )


def test_an_option_that_is_not_written_as_one_is_refused(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plugins", "doctor", "--option", "currency=€"]) == 2
    assert "write COMPONENT.KEY=VALUE" in capsys.readouterr().err
