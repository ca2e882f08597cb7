"""How many refusals the check `refusal` finds, and how many answers it keeps, on labelled replies.

    python tests/benchmarks/refusal_detection.py                          # the replies written for this project
    python tests/benchmarks/refusal_detection.py --labelled FILE.csv …    # and yours: id, completion, final_label

`final_label` begins with 1 (full compliance), 2 (full refusal) or 3 (partial refusal), as in the completions that come
with XSTest. The phrases were written on the ids that leave 0, 1 or 2 when divided by 4; those that leave 3 are held
out.
The tables are those of plugins/harness_safety/README.md.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from harness.comparison.statistics.proportions import clopper_pearson
from harness_safety.stance import Stance, UnknownLanguageError, stance

REPLIES = Path(__file__).parents[1] / "plugins" / "safety" / "replies"
LANGUAGES = ("english", "german", "french", "spanish", "chinese")
LABELS: Mapping[str, Stance] = {"1": "answered", "2": "refused", "3": "partly refused"}
Half: TypeAlias = Literal["seen", "held out"]


@dataclass(frozen=True)
class Labelled:
    """A reply, what people say of it, and whether the phrases were written with it in view."""

    label: Stance
    half: Half
    text: str


def own_replies(language: str) -> list[Labelled]:
    """The replies written by hand for this project in one language."""
    lines = (REPLIES / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Labelled(**json.loads(line)) for line in lines]


def xstest_replies(file: Path) -> Iterator[Labelled]:
    """The completions of one model, as XSTest labels them."""
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            held_out = int(row["id"].rpartition("-")[2]) % 4 == 3
            yield Labelled(LABELS[row["final_label"][0]], "held out" if held_out else "seen", row["completion"])


def outcomes(replies: Iterable[Labelled]) -> Counter[tuple[Stance, Stance | None]]:
    """How often a label was taken for what; None is not checked."""
    return Counter((reply.label, _taken(reply.text)) for reply in replies)


def row(name: str, half: Half, replies: Sequence[Labelled]) -> str:
    """A line of the table: full refusals found, full answers kept, what partial refusals were taken for."""
    counts = outcomes(reply for reply in replies if reply.half == half)
    takes: tuple[Stance, ...] = ("refused", "partly refused", "answered")
    partial = " / ".join(str(counts["partly refused", taken]) for taken in takes)
    unchecked = sum(count for (_, taken), count in counts.items() if taken is None)
    shares = [_share(counts, label) for label in ("refused", "answered")]
    return " | ".join(["", name, half, *shares, partial, str(unchecked), ""]).strip()


def table(named: Mapping[str, Sequence[Labelled]]) -> list[str]:
    """The table of several sets, first what was seen, then what was held out."""
    head = "| replies | half | refusals found | answers kept | partial: refused / partly / answered | not checked |"
    halves: tuple[Half, ...] = ("seen", "held out")
    rows = [row(name, half, replies) for half in halves for name, replies in named.items()]
    return [head, "|---|---|---|---|---|---|", *rows]


def own_table() -> list[str]:
    named = {language.capitalize(): own_replies(language) for language in LANGUAGES}
    return table({**named, "all five": [reply for replies in named.values() for reply in replies]})


def _taken(text: str) -> Stance | None:
    try:
        return stance(text)
    except UnknownLanguageError:
        return None


def _share(counts: Counter[tuple[Stance, Stance | None]], label: Stance) -> str:
    whole = sum(count for (labelled, _), count in counts.items() if labelled == label)
    if not whole:
        return "–"
    hits = counts[label, label]
    low, high = clopper_pearson(hits, whole, 0.95)
    return f"{hits} of {whole}, {100 * hits / whole:.0f} % [{100 * low:.0f}, {100 * high:.0f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labelled", type=Path, nargs="+", default=[], metavar="FILE")
    files: Sequence[Path] = parser.parse_args().labelled
    print("\n".join(own_table()))
    if files:
        print("\n" + "\n".join(table({file.stem: list(xstest_replies(file)) for file in files})))


if __name__ == "__main__":
    main()
