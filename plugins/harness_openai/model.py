"""A model behind a server: many requests at once, answers as they come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeAlias

from harness.errors import HarnessError, UsageError
from harness.types import Answer, Generate, Kind, LogLikelihood, Request
from harness_openai import likelihoods, replies
from harness_openai.error_bodies import RefusedError
from harness_openai.likelihoods import NO_TEMPLATE, Scoring
from harness_openai.replies import Asking
from harness_openai.server import Server, Settings, UnservedError

MOST_IN_A_BATCH = 16
"""So many answers are lost at most when the process is killed."""
_LINGER_SECONDS = 0.2

Outcome: TypeAlias = Answer | HarnessError


@dataclass
class ServedModel:
    """Serves replies, and log-likelihoods where `scoring` says how."""

    settings: Settings
    asking: Asking
    scoring: Scoring | None
    facts: Mapping[str, Any]
    answers: frozenset[Kind] = field(init=False)

    def __post_init__(self) -> None:
        self.answers = frozenset(("text",) if self.scoring is None else ("text", "choice", "log-likelihood"))

    def answer(self, requests: Sequence[Request]) -> Iterator[Answer]:
        """Answers to all requests that are not known, as they come; of those that failed, with an error.

        Raises UsageError where the server refuses what every request needs: key, model or path.
        """
        wanted = [request for request in requests if not request.known]
        if self.scoring is not None and self.scoring.render is None and any(map(_scores_messages, wanted)):
            raise UsageError(NO_TEMPLATE)
        # the longest first, where lengths are known, so that none is left alone at the end
        wanted.sort(key=lambda one: (one.expected_tokens or 0) if isinstance(one, Generate) else 0, reverse=True)
        with Server(self.settings) as server:
            yield from self._answers(server, wanted)

    def _answers(self, server: Server, wanted: Sequence[Request]) -> Iterator[Answer]:
        todo: SimpleQueue[Request | None] = SimpleQueue()
        done: SimpleQueue[Outcome] = SimpleQueue()
        count = min(self.settings.concurrency, len(wanted))
        threads = [Thread(target=self._work, args=(server, todo, done), daemon=True) for _ in range(count)]
        waiting = iter(wanted)
        for request in islice(waiting, 2 * count):  # no more at once: finished answers must not pile up
            todo.put(request)
        for thread in threads:
            thread.start()
        try:
            in_batch = 0
            for left in range(len(wanted), 0, -1):
                outcome = done.get()
                if isinstance(outcome, HarnessError):
                    raise outcome
                todo.put(next(waiting, None))
                in_batch += 1
                ends = left == 1 or done.empty() or in_batch == MOST_IN_A_BATCH
                in_batch = 0 if ends else in_batch
                yield replace(outcome, batch_ends=ends)
        finally:
            server.end()
            for _ in threads:
                todo.put(None)
            for thread in threads:
                thread.join(_LINGER_SECONDS / count)

    def _work(self, server: Server, todo: SimpleQueue[Request | None], done: SimpleQueue[Outcome]) -> None:
        while (request := todo.get()) is not None:
            done.put(self._outcome(server, request))
        server.release()

    def _outcome(self, server: Server, request: Request) -> Outcome:
        try:
            if isinstance(request, Generate):
                return replies.answer(server, self.asking, request)
            if self.scoring is None:
                raise RefusedError(f"{self.settings.address}: {self.facts['log_likelihoods']}")
            return likelihoods.answer(server, self.scoring, request)
        except RefusedError as error:
            return Answer(request.key, error=str(error), permanent=error.permanent)
        except UnservedError as error:
            return Answer(request.key, error=str(error))
        except HarnessError as error:
            return error
        except Exception as error:  # a thread that died would leave the evaluation waiting
            return Answer(request.key, error=f"{type(error).__name__}: {error}")


def _scores_messages(request: Request) -> bool:
    if not isinstance(request, LogLikelihood):
        return False
    return any(not isinstance(prompt, str) for prompt in (request.prompt, *request.prompts))
