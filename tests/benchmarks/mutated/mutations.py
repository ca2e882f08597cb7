"""A file's bytes -> other bytes: one to three changes of its values, or of its bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, MutableMapping, MutableSequence
from random import Random
from typing import Any, TypeAlias

import yaml

Container: TypeAlias = MutableMapping[str, Any] | MutableSequence[Any]
Place: TypeAlias = tuple[Container, Any]

_RAW = "@raw:"  # a text that stands in the file as it is, without quotes

TEXTS = (
    *("", " ", "\0", "\x1b[31mred\x1b[0m", "\u009b31m", "\u202eabc", "\ud800", "é", "a\nb", "use", "name", "null"),
    *("../../x", "/dev/zero", "/dev/null", "/", "pipe", "no\0where", "~", "*", "a" * 3_000, "x" * 60_000),
    *("(a+)+$", "(", "[a", "(?P<a>", "{{ a", "{% for a in range(9999) %}{{ a }}{% endfor %}", "{{ 1/0 }}", "$(id)"),
    *("exact-match", "accuracy", "chrf", "pii", "blocked-terms", "sft", "chat-jsonl", "json", "csv", "parquet"),
)  # fmt: skip
VALUES = (
    *(None, True, False, 0, 1, -1, 3, 2**31, 2**63, -(2**63) - 1, 0.5, 1e308, -0.0, 1e-320),
    *([], {}, [None], [[]], [{}], {"a": None}, {"use": "exact-match"}, {"use": 1}, ["a", 1, None], {"": ""}),
)
RAWS = (
    *("NaN", "Infinity", "1e999", "9" * 5_000, "0x1F", "1_000", "010", "1:30", ".nan", ".inf", "2026-01-01", "yes"),
    *('!!int ""', "!!int x", "!!float x", '!!float ""', "!!bool x", "!!null x", "!!timestamp x", "!!binary é"),
    *("!!set {a, b}", "!!omap [a: 1]", "!!pairs [a: 1]", "!!str [a]", "!!python/name:os.system ''", "!function a.b"),
    *("&a [*a]", "*nowhere", "{<<: 1}", "{<<: {a: 1}}", "{? [a]: 1}", "{=: 1}", "!<%FF> a", '"\\UFFFFFFFF"', "|"),
    *("[" * 400 + "]" * 400, "[" * 100_000, '{"a":' * 400 + "1" + "}" * 400, "&b [x,x,x,x,x,x,x,x]", "!!int 1:1:1:1"),
)


_BYTES = (b"\0", b"\x1b[2J", b"\xc2\x9b", b"\xff\xfe", b"\n", b'"')


def mutated(content: bytes, form: str, random: Random) -> bytes:
    """The file with one to three changes; `form` is "json", "jsonl", "yaml" or "bytes"."""
    if form == "bytes" or random.random() < 0.25:
        return _bytes_changed(content, random)
    changed = _structure_changed(content.decode(), form, random).encode("utf-8", "surrogatepass")
    return _bytes_changed(changed, random) if random.random() < 0.1 else changed


def _structure_changed(text: str, form: str, random: Random) -> str:
    if form != "jsonl":
        return _written(_changed(yaml.safe_load(text), random), random)
    lines = text.splitlines()
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(lines))
        lines[at] = _line(lines[at], random)
    return "\n".join(lines) + "\n" * random.randint(0, 2)


def _line(line: str, random: Random) -> str:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):  # changed before
        return line
    return _written(_changed(content, random), random).replace("\n", " ")


def _changed(content: Any, random: Random) -> Any:
    box = {"": content}
    for _ in range(random.randint(1, 3)):
        if box:
            random.choice(_CHANGES)(*random.choice(list(_places(box))), random)
    return box.get("", random.choice(VALUES))


def _places(container: Container) -> Iterator[Place]:
    items = enumerate(container) if isinstance(container, list) else list(container.items())  # type: ignore[union-attr]
    for key, value in items:
        yield container, key
        if isinstance(value, dict | list):
            yield from _places(value)


def _replace(container: Container, key: Any, random: Random) -> None:
    container[key] = _value(random)


def _value(random: Random) -> Any:
    kind = random.random()
    if kind < 0.4:
        return random.choice(TEXTS)
    return json.loads(json.dumps(random.choice(VALUES))) if kind < 0.7 else _RAW + random.choice(RAWS)


def _delete(container: Container, key: Any, random: Random) -> None:
    del container[key]


def _nest(container: Container, key: Any, random: Random) -> None:
    value = container[key]
    container[key] = random.choice([[value], [value, value], {"use": value}, {"a": value}, [[[value]]]])


def _multiply(container: Container, key: Any, random: Random) -> None:
    value = container[key]
    if isinstance(value, list):
        container[key] = value * random.choice([2, 100, 3_000])
    elif isinstance(value, str):
        container[key] = value * random.choice([2, 1_000])
    elif isinstance(value, dict):
        value.update({f"key{number}": number for number in range(random.choice([1, 3, 3_000]))})


def _rename(container: Container, key: Any, random: Random) -> None:
    if isinstance(container, dict):
        new = random.choice([f"{key}s", str(key)[:-1], str(key).upper(), *TEXTS])
        container[new] = container.pop(key)


def _repeat(container: Container, key: Any, random: Random) -> None:
    """The same key twice, which only the text can have."""
    if isinstance(container, dict) and key != "":
        container[f"{key}{_RAW}"] = container[key]


def _swap(container: Container, key: Any, random: Random) -> None:
    other = random.choice(list(range(len(container)) if isinstance(container, list) else container))
    container[key], container[other] = container[other], container[key]


_CHANGES: tuple[Callable[[Container, Any, Random], None], ...] = (
    *(_replace, _replace, _replace, _replace, _delete, _nest, _multiply, _rename, _repeat, _swap),
)


def _written(content: Any, random: Random) -> str:
    text = json.dumps(content, ensure_ascii=random.random() < 0.5)
    for raw in RAWS:
        text = text.replace(json.dumps(_RAW + raw), raw).replace(json.dumps(_RAW + raw, ensure_ascii=False), raw)
    return text.replace(_RAW, "")


def _bytes_changed(content: bytes, random: Random) -> bytes:
    found = bytearray(content)
    for _ in range(random.choice([1, 1, 2, 5])):
        at, width = random.randrange(len(found) + 1), random.choice([1, 1, 4, 40])
        kind = random.randrange(5)
        if kind == 0:
            found[at : at + width] = b""
        elif kind == 1:
            found[at:at] = random.choice([random.randbytes(width), *_BYTES])
        elif kind == 2:
            found[at:at] = found[at : at + width] * random.choice([1, 50])
        elif kind == 3:
            found[at : at + width] = random.randbytes(width)
        else:
            found = found[:at] if random.random() < 0.3 else bytearray(b"\xef\xbb\xbf") + found
    return bytes(found)
