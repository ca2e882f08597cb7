"""One cleaner at work: its outcomes are checked, counted, recorded and applied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from harness.data.file_sets import FileSet, write_set
from harness.data.records import LedgerEntry, Word
from harness.errors import PluginError, blaming, plugin_label
from harness.protocols import Cleaner
from harness.types import Changed, Conversation, Dropped, Kept, Outcome
from harness.types.component import ComponentKind
from harness.types.validation import misfit

T = TypeVar("T")

Record: TypeAlias = Callable[[Sequence[LedgerEntry]], None]
"""Takes what became of conversations that did not simply pass."""

EXAMPLES = 2
ENTRIES_A_RECORD = 1000


class Named(NamedTuple, Generic[T]):
    """A dataset or cleaner at work: its name, and the plugin that is to blame where it fails."""

    name: str
    plugin: str
    instance: T

    def label(self, kind: ComponentKind, method: str) -> str:
        """What a message calls it."""
        return plugin_label(self.plugin, f"{kind} {self.name!r}", method)


@dataclass(frozen=True, slots=True)
class Example:
    """A conversation that was changed or dropped: its id, the whole reason, and the file and line it was read from."""

    conversation: str
    reason: str
    source: str | None


@dataclass(frozen=True, slots=True)
class ReasonSummary:
    """How many conversations were changed or dropped for a reason, which is the text before the first colon."""

    outcome: Word
    reason: str
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class CleanerSummary:
    """What a cleaner did; the most frequent reason first."""

    name: str
    dropped: int
    changed: int
    reasons: tuple[ReasonSummary, ...]
    flags: Mapping[str, int]


@dataclass(slots=True)
class Clusters:
    """Which conversations belong together, over all cleaners: a union-find over their ids and cluster names."""

    parents: dict[str, str] = field(default_factory=dict)

    def group(self, conversation: str) -> str:
        """The same name for all conversations of a group."""
        return self._root(f"conversation {conversation}")

    def put(self, conversation: str, cluster: str) -> None:
        one, other = self.group(conversation), self._root(f"cluster {cluster}")
        if one != other:
            self.parents[one] = other

    def _root(self, name: str) -> str:
        while name in self.parents:
            name = self.parents[name]
        return name


@dataclass(frozen=True, slots=True)
class _Fate:
    """An outcome without its conversation: `at` is the number of the changed one in the file of those."""

    word: Word
    reason: str = ""
    at: int = -1


def clean(
    before: FileSet, part: Named[Cleaner], folder: Path, clusters: Clusters, record: Record
) -> tuple[FileSet, CleanerSummary]:
    """The conversations that the cleaner leaves, in their order, and what it did; writes into the folder.

    Raises PluginError naming plugin and cleaner when it fails or does not yield exactly one outcome for each id.
    """
    fates: dict[str, _Fate] = {}
    flags: Counter[str] = Counter()
    changed = write_set(folder / "changed.jsonl", _changed(before, part, fates, flags, clusters))
    ledger = Ledger(part.name, record)

    def survivors() -> Iterator[Conversation]:
        for conversation in before:
            fate = fates[conversation.id]
            if fate.word != "kept":
                ledger.add(conversation, fate.word, fate.reason)
            if fate.word != "dropped":
                yield changed[fate.at] if fate.word == "changed" else conversation

    after = write_set(folder / "cleaned.jsonl", survivors())
    ledger.flush()
    words = Counter(fate.word for fate in fates.values())
    return after, CleanerSummary(part.name, words["dropped"], words["changed"], ledger.summary(), dict(flags))


@dataclass(slots=True)
class Ledger:
    """Records, counts and samples what became of conversations that did not simply pass."""

    cleaner: str
    record: Record
    entries: list[LedgerEntry] = field(default_factory=list)
    counts: Counter[tuple[Word, str]] = field(default_factory=Counter)
    examples: dict[tuple[Word, str], list[Example]] = field(default_factory=dict)

    def add(self, conversation: Conversation, outcome: Word, reason: str) -> None:
        source = source_text(conversation)
        self.entries.append(LedgerEntry(self.cleaner, conversation.id, outcome, reason, source))
        if len(self.entries) == ENTRIES_A_RECORD:
            self.flush()
        key = (outcome, reason.partition(":")[0])
        self.counts[key] += 1
        if self.counts[key] <= EXAMPLES:
            self.examples.setdefault(key, []).append(Example(conversation.id, reason, source))

    def flush(self) -> None:
        if self.entries:
            self.record(self.entries)
            self.entries = []

    def summary(self) -> tuple[ReasonSummary, ...]:
        return tuple(
            ReasonSummary(key[0], key[1], count, tuple(self.examples[key])) for key, count in self.counts.most_common()
        )


def source_text(conversation: Conversation) -> str | None:
    """`file:line` of the conversation, where it is known."""
    return str(conversation.source) if conversation.source else None


def given_by(label: str, start: Callable[[], Iterable[Any]]) -> Iterator[Any]:
    """What a plugin yields; of what is raised meanwhile, only its own errors are blamed on it."""
    with blaming(label):
        yield from start()


def _changed(
    before: FileSet, part: Named[Cleaner], fates: dict[str, _Fate], flags: Counter[str], clusters: Clusters
) -> Iterator[Conversation]:
    """The conversations that the cleaner changed; what becomes of each one goes to `fates`."""
    where = part.label("cleaner", "clean")
    ids = {conversation.id for conversation in before}
    lines = 0
    for outcome in given_by(where, lambda: part.instance.clean(before)):
        _check(where, outcome, ids, fates)
        flags.update(outcome.flags)
        if isinstance(outcome, Dropped):
            fates[outcome.id] = _Fate("dropped", outcome.reason)
            continue
        if outcome.cluster is not None:
            clusters.put(outcome.id, f"{part.name} {outcome.cluster}")
        if isinstance(outcome, Changed):
            fates[outcome.id] = _Fate("changed", outcome.reason, lines)
            lines += 1
            yield outcome.conversation
        else:
            fates[outcome.id] = _Fate("kept")
    missing = [conversation.id for conversation in before if conversation.id not in fates]
    if missing:
        raise PluginError(f"{where}: yielded no outcome for {len(missing)} of {len(ids)} ids, first for {missing[0]!r}")


def _check(where: str, outcome: Outcome, ids: set[str], fates: Mapping[str, _Fate]) -> None:
    wrong = misfit(outcome, Outcome)
    if wrong is not None:
        raise PluginError(f"{where}: after {len(fates)} outcomes it yielded a misfit: {wrong}")
    if outcome.id not in ids:
        raise PluginError(f"{where}: yielded an outcome for {outcome.id!r}, which it was not given")
    if outcome.id in fates:
        raise PluginError(f"{where}: yielded a second outcome for {outcome.id!r}")
    if not isinstance(outcome, Kept) and not outcome.reason.strip():
        raise PluginError(f"{where}: {type(outcome).__name__.lower()} {outcome.id!r} without a reason")
    if isinstance(outcome, Changed) and outcome.conversation.id != outcome.id:
        raise PluginError(f"{where}: changed {outcome.id!r} into a conversation with id {outcome.conversation.id!r}")
