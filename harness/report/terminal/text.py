"""Rich texts that a terminal can show: no escape of others, and ASCII where it has no more."""

from __future__ import annotations

from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from harness.documents.visible import visible

_ASCII = str.maketrans(
    {
        **dict(zip("▁▂▃▄▅▆▇█", "_.,-~+*#", strict=True)),
        **dict.fromkeys("·–−—─‑", "-"),
        **dict(zip("│━●┊", "|=o:", strict=True)),
        **dict.fromkeys("“”", '"'),
        **dict.fromkeys("‘’", "'"),
        "▏": "|",
        "×": "x",
        "…": ".",
        "≤": "<",
        "≥": ">",
        "→": ">",
        "▲": "^",
        "\u00a0": " ",
    }
)


def plain(text: str, style: str = "") -> Text:
    """One run of text that is printed as it is: no markup, no escapes."""
    return Text(visible(text), style=style)


def ruled_table() -> Table:
    """An empty table with a line under its head and two blanks between columns."""
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim", show_edge=False)


@dataclass(frozen=True, slots=True)
class Encodable:
    """`inside` without what no terminal should get, with ASCII of the same width where it cannot show others."""

    inside: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in map(_visible, console.render(self.inside, options)):
            if options.ascii_only and not segment.text.isascii():
                yield Segment(_to_ascii(segment.text), segment.style, segment.control)
            else:
                yield segment


def _visible(segment: Segment) -> Segment:
    return segment if segment.control else Segment(visible(segment.text), segment.style)


def _to_ascii(text: str) -> str:
    arrows = text.replace("→ ", "->")  # a lone ">" between two figures would compare them
    return "".join(c if c.isascii() else "?" * cell_len(c) for c in arrows.translate(_ASCII))
