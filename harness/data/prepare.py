"""Load -> clean -> contamination check -> split: conversations become a training and a validation set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from harness.data.cleaning import CleanerSummary, Clusters, Ledger, Named, Record, clean, given_by, source_text
from harness.data.contamination import CaseIndex
from harness.data.file_sets import FileSet, write_set
from harness.errors import PluginError, UsageError
from harness.protocols import Cleaner, Dataset
from harness.types import Case, Conversation, LoadRequest, Rejected
from harness.types.hashing import content_hash, unit_hash
from harness.types.validation import misfit

MOST_TAG_VALUES = 50


@dataclass(frozen=True, slots=True)
class Contaminated:
    """A conversation that repeats a case: `share` of the case's word 5-grams; `kept` where the user said so."""

    conversation: str
    suite: str
    case: str
    share: float
    source: str | None
    kept: bool


@dataclass(frozen=True, slots=True)
class Distributions:
    """Of the conversations that are left: how many have n messages, lengths in characters, the values of each tag."""

    turns: Mapping[int, int]
    characters: Mapping[Literal["shortest", "median", "p95", "longest"], int]
    tags: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class PrepareSummary:
    """What happened to the rows: `loaded` ones met the cleaners, `kept` ones are left for `train` + `validation`."""

    loaded: int
    rejected: tuple[Rejected, ...]
    cleaners: tuple[CleanerSummary, ...]
    contaminated: tuple[Contaminated, ...]
    kept: int
    train: int
    validation: int
    distributions: Distributions


@dataclass(frozen=True, slots=True)
class Prepared:
    """The two sets on disk. A training on sets with the same fingerprint is the same training."""

    train: FileSet
    validation: FileSet
    summary: PrepareSummary
    fingerprint: str


def prepare(
    datasets: Sequence[Named[Dataset]],
    cleaners: Sequence[Named[Cleaner]],
    cases: Iterable[tuple[str, Case]],
    folder: Path,
    *,
    validation: float,
    seed: int,
    allow_contaminated: bool,
    record: Record,
) -> Prepared:
    """Write `train.jsonl` and `validation.jsonl` into the folder. `cases` come with the names of their suites.

    Raises PluginError naming plugin and dataset or cleaner that breaks its contract, UsageError when no conversation is
    left.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="preparing-", dir=folder) as name:
        conversations, rejected = load_all(datasets)
        loaded = current = write_set(Path(name) / "loaded.jsonl", conversations)
        clusters = Clusters()
        cleaned = []
        for number, cleaner in enumerate(_told_apart(cleaners)):
            current, done = clean(current, cleaner, Path(name) / str(number), clusters, record)
            cleaned.append(done)
        contaminated = _contaminated(current, CaseIndex(cases), allow_contaminated, record)
        current = _without(current, {one.conversation for one in contaminated if not one.kept}, Path(name))
        if not len(current):
            raise UsageError(_nothing_left(len(loaded), rejected, cleaned, contaminated))
        train, held_out = _split(current, clusters, validation, seed, folder)
        distributions = _distributions(current)
    summary = PrepareSummary(
        loaded=len(loaded),
        rejected=tuple(rejected),
        cleaners=tuple(cleaned),
        contaminated=tuple(contaminated),
        kept=len(current),
        train=len(train),
        validation=len(held_out),
        distributions=distributions,
    )
    return Prepared(train, held_out, summary, content_hash([train.fingerprint, held_out.fingerprint]))


def load_all(datasets: Sequence[Named[Dataset]]) -> tuple[Iterator[Conversation], list[Rejected]]:
    """The conversations of all datasets, one after the other, and a list that gets the bad rows while they are read.

    An id that an earlier conversation has gets a suffix. Raises PluginError naming plugin and dataset that fails.
    """
    rejected: list[Rejected] = []
    return _loaded(datasets, rejected), rejected


def _loaded(datasets: Sequence[Named[Dataset]], rejected: list[Rejected]) -> Iterator[Conversation]:
    taken: set[str] = set()
    for dataset in datasets:
        where = dataset.label("dataset", "load")
        for row in given_by(where, partial(dataset.instance.load, LoadRequest())):
            wrong = misfit(row, Conversation | Rejected)
            if wrong is not None:
                raise PluginError(f"{where}: after {len(taken)} conversations it yielded a misfit: {wrong}")
            if isinstance(row, Rejected):
                rejected.append(row)
            else:
                yield replace(row, id=_free_name(row.id, taken))


def _told_apart(cleaners: Sequence[Named[Cleaner]]) -> list[Named[Cleaner]]:
    """The cleaners, those that are used again with a number behind the name."""
    taken: set[str] = set()
    return [part._replace(name=_free_name(part.name, taken)) for part in cleaners]


def _free_name(wanted: str, taken: set[str]) -> str:
    free, number = wanted, 1
    while free in taken:
        number += 1
        free = f"{wanted}~{number}"
    taken.add(free)
    return free


def _contaminated(conversations: FileSet, index: CaseIndex, keep: bool, record: Record) -> list[Contaminated]:
    found = []
    ledger = Ledger("contamination", record)
    for conversation in conversations:
        match = index.match(conversation)
        if match is not None:
            source = source_text(conversation)
            found.append(Contaminated(conversation.id, match.suite, match.case, match.share, source, keep))
            reason = f"case of a suite: {match.suite} {match.case} ({match.share:.0%} of its word 5-grams)"
            ledger.add(conversation, "kept" if keep else "dropped", reason)
    ledger.flush()
    return found


def _without(conversations: FileSet, dropped: set[str], folder: Path) -> FileSet:
    if not dropped:
        return conversations
    return write_set(folder / "uncontaminated.jsonl", (one for one in conversations if one.id not in dropped))


def _split(
    conversations: FileSet, clusters: Clusters, share: float, seed: int, folder: Path
) -> tuple[FileSet, FileSet]:
    group_of = {one.id: clusters.group(one.id) for one in conversations}
    drawn = {group: unit_hash(["validation", seed, group]) for group in group_of.values()}
    held_out = {group for group, number in drawn.items() if number < share}
    ordered = sorted(drawn, key=drawn.__getitem__)
    # However few the groups are, one is held out, and one is trained on where there is only one.
    held_out |= {ordered[0]} if share > 0 else set()
    held_out.discard(ordered[-1])
    train = write_set(folder / "train.jsonl", (one for one in conversations if group_of[one.id] not in held_out))
    rest = write_set(folder / "validation.jsonl", (one for one in conversations if group_of[one.id] in held_out))
    return train, rest


def _nothing_left(
    loaded: int, rejected: Sequence[Rejected], cleaners: Sequence[CleanerSummary], contaminated: Sequence[Contaminated]
) -> str:
    losses = [f"{one.dropped} dropped by {one.name}" for one in cleaners if one.dropped]
    losses += [f"{len(contaminated)} dropped because they are cases of a suite"] if contaminated else []
    losses += [f"{len(rejected)} rows could not be read"] if rejected else []
    return f"no conversation is left to train on: {loaded} loaded; {', '.join(losses) or 'the data hold none'}"


def _distributions(conversations: FileSet) -> Distributions:
    turns: Counter[int] = Counter()
    tags: dict[str, Counter[str]] = {}
    lengths = []
    for conversation in conversations:
        turns[len(conversation.messages)] += 1
        lengths.append(sum(len(message.content) for message in conversation.messages))
        for key, value in conversation.tags.items():
            counts = tags.setdefault(key, Counter())
            if len(counts) <= MOST_TAG_VALUES:  # one more than that marks a tag that names rows, not kinds of rows
                counts[value] += 1
    lengths.sort()
    return Distributions(
        turns=dict(sorted(turns.items())),
        characters={
            "shortest": lengths[0],
            "median": lengths[len(lengths) // 2],
            "p95": lengths[int(0.95 * (len(lengths) - 1))],
            "longest": lengths[-1],
        },
        tags={key: dict(counts.most_common()) for key, counts in tags.items() if len(counts) <= MOST_TAG_VALUES},
    )
