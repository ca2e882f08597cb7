"""YAML that somebody hands in, read within limits: how large, how deep, and how far its aliases expand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

MOST_CHARACTERS = 1_000_000
MOST_NODES = 50_000
_LONGEST_NUMBER = 4_300  # Python reads no longer one
_NUMBERS = ("int", "float", "timestamp")


class YamlError(ValueError):
    """What is wrong with a text, and on which line, where one line has it."""

    def __init__(self, said: str, line: int | None = None) -> None:
        super().__init__(said)
        self.line = line

    def at(self, file: object) -> str:
        """The error as it is told of a file."""
        return f"{file}{'' if self.line is None else f':{self.line}'}: {self}"


@dataclass(frozen=True, slots=True)
class Parsed:
    """The value of a text, its nodes, which know their lines, and the keys that stand twice in one mapping."""

    value: Any
    node: yaml.Node | None
    repeats: Sequence[str]


class BoundedLoader(yaml.SafeLoader):
    """The safe loader, which stops where there are too many values and says where a tag does not fit its value."""

    _nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise YamlError(f"holds more than {MOST_NODES:,} keys and values, too many to be settings", mark.line + 1)
        return super().compose_node(parent, index)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            return super().construct_object(node, deep)
        line, tag = node.start_mark.line + 1, node.tag.rpartition(":")[2]
        if tag in _NUMBERS and len(node.value) > _LONGEST_NUMBER:
            raise YamlError(f"is too large a number, of {len(node.value):,} digits", line)
        try:
            return super().construct_object(node, deep)
        except yaml.YAMLError:
            raise
        except Exception as error:  # a tag on what is none: IndexError, KeyError, AttributeError …
            raise YamlError(f"is not YAML: {node.value[:40]!r} is no {tag}", line) from error


def parse_yaml(text: str, loader: type[BoundedLoader]) -> Parsed:
    """The one document of a text; YamlError says what is wrong with it."""
    if len(text) > MOST_CHARACTERS:
        raise YamlError(f"has {len(text):,} characters; a file of settings has at most {MOST_CHARACTERS:,}")
    try:
        reader = loader(text)
        node = reader.get_single_node()
        if node is None:
            return Parsed(None, None, ())
        if _expanded(node, {}) > MOST_NODES:
            raise YamlError(f"its aliases expand to more than {MOST_NODES:,} values; write out what is meant")
        repeats = list(_repeated_keys(node))  # before merge keys are taken in, which is done in place
        return Parsed(reader.construct_document(node), node, repeats)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = f"is not YAML: {getattr(error, 'problem', None) or error}"
        raise YamlError(said, mark.line + 1 if mark else None) from error
    except RecursionError as error:
        raise YamlError("an alias stands inside what it stands for, or the file is nested too deeply") from error
    except YamlError:
        raise
    except Exception as error:  # the parser raises what it likes on escapes and tags that it cannot read
        raise YamlError(f"is not YAML: {error}") from error


def _expanded(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values the node stands for once each alias is written out; RecursionError where that has no end."""
    if id(node) not in known:
        below: Iterator[yaml.Node] = iter(())
        if isinstance(node, yaml.MappingNode):
            below = (inner for pair in node.value for inner in pair)
        elif isinstance(node, yaml.SequenceNode):
            below = iter(node.value)
        known[id(node)] = 1 + sum(_expanded(inner, known) for inner in below)
    return known[id(node)]


def _repeated_keys(node: yaml.Node) -> Iterator[str]:
    """Of each key that stands twice in one mapping of the document: its line, its name, and where it stood before."""
    if isinstance(node, yaml.MappingNode):
        lines: dict[str, int] = {}
        for key, value in node.value:
            here = key.start_mark.line + 1
            if isinstance(key, yaml.ScalarNode) and key.value in lines:
                yield f"{here}: {key.value}: stands already on line {lines[key.value]}"
            if isinstance(key, yaml.ScalarNode):
                lines[key.value] = here
            yield from _repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _repeated_keys(value)
