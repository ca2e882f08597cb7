"""What plugins provide. Methods take complete data or one frozen request: requests may grow fields, methods may not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

from harness.types import (
    Accuracy,
    Answer,
    Answered,
    Case,
    Checked,
    Checkpoint,
    Conversation,
    History,
    Identity,
    Kind,
    LoadRequest,
    ModelReference,
    OpenRequest,
    Outcome,
    Passage,
    Proposal,
    Rejected,
    Remark,
    Request,
    StepRecord,
    TrainRequest,
)

Signal: TypeAlias = Literal["continue", "stop"]

MOST_PATCHES = 1000
"""So many of the patches that a refiner may propose are checked before its first cycle."""


@runtime_checkable
class Dataset(Protocol):
    """A source of conversations. A row that cannot be read is yielded as `Rejected`, never skipped, never raised."""

    def load(self, request: LoadRequest) -> Iterable[Conversation | Rejected]: ...


@runtime_checkable
class Cleaner(Protocol):
    """Yields exactly one outcome for each input id.

    `scope` "row": each outcome depends on its own conversation alone. "set": on all of them, in their order.
    """

    scope: Literal["row", "set"]

    def clean(self, conversations: Iterable[Conversation]) -> Iterable[Outcome]: ...


class Monitor(Protocol):
    """What a trainer reports to while it works."""

    def step(self, record: StepRecord) -> Signal:
        """Record a step; "stop" asks the trainer to end after it and to return its best checkpoint."""


@runtime_checkable
class Trainer(Protocol):
    """Turns a model and conversations into a checkpoint: a reference its backend can open, not a model."""

    def train(self, request: TrainRequest, monitor: Monitor) -> Checkpoint: ...


@runtime_checkable
class ChecksData(Protocol):
    """A trainer that can look at its rows before anything is computed: without the model's weights."""

    def check_data(self, request: TrainRequest) -> Iterable[Remark]:
        """What the user should know of the rows. Raises UsageError, naming file and line, on what `train` refuses.

        Of more than 20,000 rows the request holds 20,000, drawn at random; its `folder` is empty and goes away.
        """


@runtime_checkable
class Metric(Protocol):
    """Named statistics of one answered case, and the figure as a function of their sums.

    `value` gets sums as floats, or as equally shaped numpy arrays of resampled sums, and returns the same shape.

    Optional attributes and methods, with what holds without them: `higher_is_better` (True), `bounds` (none),
    `comparable_on` (nothing; "tokenizer"), `version` (the hash of the class's source file), `prepare(cases)` (called
    once with all cases of the suite), `worst(case)` (the statistics of an answer that never came; without it one
    errored case makes the metric incomplete), `warnings(cases)` (what it will not see in them).
    """

    reads: Kind

    def score(self, answered: Answered) -> Mapping[str, float]: ...

    def value(self, statistics: Mapping[str, Any]) -> Any: ...


@runtime_checkable
class WholeMetric(Protocol):
    """A metric that is no function of sums: `compute` gets every answered case. What `Metric` may declare, it may."""

    reads: Kind

    def compute(self, answered: Sequence[Answered]) -> float: ...


@runtime_checkable
class Prepares(Protocol):
    """A metric that must see the suite's cases first (label set, document frequencies)."""

    def prepare(self, cases: Sequence[Case]) -> None: ...


@runtime_checkable
class ScoresEach(Protocol):
    """A metric that scores many answered cases faster than one by one, as a model on a GPU does.

    One result each, in their order: the statistics, or the error that this case costs.
    """

    def score_each(self, answered: Sequence[Answered]) -> Iterator[Mapping[str, float] | Exception]: ...


@runtime_checkable
class HasWorst(Protocol):
    """A metric that knows what an answer that never came is worth."""

    def worst(self, case: Case) -> Mapping[str, float]: ...


@runtime_checkable
class Chooses(Protocol):
    """A metric that finds the choice in a reply in its own way; without it, it is the choice that the reply spells."""

    def chosen(self, answered: Answered) -> str | None: ...


@runtime_checkable
class Warns(Protocol):
    """A metric that can say, before a model is asked, what it will not see in the suite's cases: a line each."""

    def warnings(self, cases: Sequence[Case]) -> Iterable[str]: ...


@runtime_checkable
class SafetyCheck(Protocol):
    """Yields exactly one `Checked` for each passage: findings, none, or an error."""

    def check(self, passages: Iterable[Passage]) -> Iterable[Checked]: ...


@runtime_checkable
class KnowsAccuracy(Protocol):
    """A check that says how often it is right; the report says so beside its bound, else "misses not measured".

    "exact" where its rule is all that it claims (a listed word is there, or it is not), else what was counted on
    labelled passages, a `DetectorAccuracy` for each source of them.
    """

    accuracy: Accuracy


@runtime_checkable
class Model(Protocol):
    """An opened model. All requests of an evaluation come in one call: planning and batching are the backend's.

    `answers` lists the kinds it serves. `facts` says what could change its numbers or its speed (threads, device,
    batch plan), as JSON values. It may change while the model answers, before the first batch that the change is for:
    it is recorded before the answers of that batch, and of an evaluation that was interrupted the last ones come back
    as `OpenRequest.resume`. Answers may come in any order, those of one batch together; a request that fails is an
    `Answer` with `error`, never an exception that loses the others.
    """

    answers: frozenset[Kind]
    facts: Mapping[str, Any]

    def answer(self, requests: Sequence[Request]) -> Iterator[Answer]: ...


@runtime_checkable
class Backend(Protocol):
    """Opens models. `identify` hashes files: it loads no weights and imports no torch."""

    def identify(self, request: OpenRequest) -> Identity: ...

    def open(self, request: OpenRequest) -> AbstractContextManager[Model]: ...


@runtime_checkable
class SharesWeights(Protocol):
    """A model that can serve another reference on the weights it has loaded: its base, or another adapter."""

    def variant(self, model: ModelReference) -> Model | None:
        """A view of this model as `model`, valid while this one is open; None where another load is needed."""


@runtime_checkable
class CountsTokens(Protocol):
    """A backend that can count tokens before a model is loaded."""

    def count_tokens(self, request: OpenRequest, texts: Sequence[str]) -> Sequence[int]: ...


@runtime_checkable
class ChecksRequests(Protocol):
    """A backend that can tell which requests a model would refuse, before its weights are loaded."""

    def check_requests(self, request: OpenRequest, requests: Sequence[Request]) -> Sequence[Answer]:
        """An `Answer` with its `error` for each of the requests that cannot be asked; none for the others."""


@runtime_checkable
class ChoosesThreads(Protocol):
    """A backend that can measure how many threads are fastest for a model just now, in about a second."""

    def choose_threads(self, request: OpenRequest) -> int: ...


@runtime_checkable
class ExplainsPlan(Protocol):
    """A backend that can say how it would answer requests, a line a step, without loading the model."""

    def explain(self, request: OpenRequest, requests: Sequence[Request]) -> Iterator[str]: ...


@runtime_checkable
class Refiner(Protocol):
    """Reads the history and says what the next cycle changes; None ends the loop."""

    def propose(self, history: History) -> Proposal | None: ...


@runtime_checkable
class PlansAhead(Protocol):
    """A refiner that knows every patch of the recipe it may propose: the first 1,000 are checked before a cycle."""

    def possible_patches(self) -> Iterable[Mapping[str, Any]]: ...
