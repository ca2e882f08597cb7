"""Log-likelihoods from /completions with `echo`: the server says how likely it found each token of the prompt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from harness.errors import UsageError
from harness.types import Answer, Likelihood, LogLikelihood, Prompt
from harness_openai.error_bodies import FaultError, RefusedError
from harness_openai.server import Server
from harness_openai.templates import Render

NO_TEMPLATE = (
    "a log-likelihood after messages needs the model's chat template, which this server does not apply by itself; "
    "set the option `tokenizer` to a folder with the model's tokenizer files, or ask with a raw `prompt`"
)
_PROBE = "One, two, three,"
_OTHERWISE = (KeyError, IndexError, TypeError, ValueError, OverflowError)
_ROUNDING = 1e-3  # so much above 0 a sum of rounded numbers may be
_SAME = 0.5  # nats: more than reduced precision makes, less than another token has


@dataclass(frozen=True, slots=True)
class Echo:
    """A text as the server's tokens, and the natural log-probability of each; None where nothing came before it."""

    tokens: tuple[str, ...]
    log_probabilities: tuple[float | None, ...]


@dataclass(frozen=True)
class Scoring:
    """How this server scores. `adds` is the token it puts before each text, None where it puts none.

    `first` is how that is written, with which no text that is sent begins: it would be there twice.
    `render` makes a text of messages; None where nobody knows the chat template. `starts` is put before a text that has
    no prompt, if the server adds nothing: something must predict its first token.
    """

    adds: str | None = None
    first: str = ""
    render: Render | None = None
    starts: str = ""


def probe(server: Server) -> Scoring:
    """How the server scores, still without a template. Raises RefusedError where it does not, or does it wrongly.

    Raises UnservedError where it fails however often it is asked: that says nothing of what it can do.

    Servers are known that pair each token with the prediction behind it. So what the server says of a token that it
    has just generated is compared with what it says of the same token when it is part of the prompt.
    """
    path = f"{server.settings.address.path}/completions"
    try:
        echo = read_echo(server.find_out(path, _body(_PROBE)))
        if not "".join(echo.tokens).endswith(_PROBE) or None in echo.log_probabilities[1:]:
            raise RefusedError(server.named(path, "does not echo the prompt with log-probabilities"))
        word, expected = read_generated(server.find_out(path, {**_body(_PROBE), "echo": False}))
        longer = read_echo(server.find_out(path, _body(_PROBE + word)))
    except FaultError as fault:
        raise RefusedError(server.named(path, str(fault))) from None
    except UsageError as error:
        raise RefusedError(str(error)) from None
    said = longer.log_probabilities[-1]
    if longer.tokens == (*echo.tokens, word) and said is not None and abs(said - expected) > _SAME:
        reason = f"log-probabilities of a prompt are wrong: {said:.2f} for {word!r}, which it generates with"
        raise RefusedError(server.named(path, f"{reason} {expected:.2f}"))
    adds = None if echo.tokens[0] and _PROBE.startswith(echo.tokens[0]) else echo.tokens[0]
    return Scoring(adds, adds or "")


def answer(server: Server, scoring: Scoring, request: LogLikelihood) -> Answer:
    """The answer to a request. Raises as `Server.ask` does, and RefusedError where nothing predicts the first token.

    What stands before a continuation is asked for, too: the continuation is all from the first token in which the two
    texts differ. So it is in a model that is loaded here, also where prompt and continuation meet inside a token.
    """
    count = len(request.continuations)
    befores = [_text(server, scoring, one) for one in request.prompts]
    befores = befores or [_text(server, scoring, request.prompt)] * count
    wholes = [before + added for before, added in zip(befores, request.continuations, strict=True)]
    echo_of = {"": Echo((), ())}
    seconds = 0.0
    for text in (*befores, *wholes):
        if text not in echo_of:
            path = f"{server.settings.address.path}/completions"
            echo_of[text], taken = server.ask(path, _body(text), read_echo)
            seconds += taken
    return Answer(
        key=request.key,
        likelihoods=tuple(
            _likelihood(scoring, echo_of[before], echo_of[whole]) for before, whole in zip(befores, wholes, strict=True)
        ),
        prompt_tokens=max((len(echo_of[before].tokens) for before in befores), default=0),
        seconds=seconds,
    )


def _text(server: Server, scoring: Scoring, prompt: Prompt) -> str:
    if isinstance(prompt, str):
        return prompt.removeprefix(scoring.first) or (scoring.starts if scoring.adds is None else "")
    if scoring.render is None:
        raise UsageError(NO_TEMPLATE)
    return scoring.render(server, prompt)


def _body(text: str) -> dict[str, Any]:
    # one token more than is wanted: to some servers 0 means no limit, and others refuse it
    return {"prompt": text, "echo": True, "logprobs": 1, "max_tokens": 1, "temperature": 0}


def read_echo(said: Any) -> Echo:
    """The tokens of the prompt, without what was generated behind it. Raises FaultError where they are not there."""
    try:
        count = int(said["usage"]["prompt_tokens"])
        tokens, found = _log_probabilities(said, count)
    except _OTHERWISE as error:
        raise _without(error) from None
    if not count or len(tokens) != count or len(found) != count:
        raise FaultError(f"log-probabilities of {len(found)} tokens, where the prompt has {count}")
    return Echo(tokens, found)


def read_generated(said: Any) -> tuple[str, float]:
    """The one generated token and its log-probability."""
    try:
        (token,), (found,) = _log_probabilities(said, 1)
        return token, float(found)  # type: ignore[arg-type]  # where it is None this raises
    except _OTHERWISE as error:
        raise _without(error) from None


def _log_probabilities(said: Any, count: int) -> tuple[tuple[str, ...], tuple[float | None, ...]]:
    """The first tokens and their log-probabilities. Raises one of `_OTHERWISE` where they are not there or none."""
    logprobs = said["choices"][0]["logprobs"]
    tokens = tuple(map(str, list(logprobs["tokens"])[:count]))
    found = tuple(None if one is None else float(one) for one in list(logprobs["token_logprobs"])[:count])
    for one in found:
        if one is not None and not -math.inf < one <= _ROUNDING:
            raise ValueError(f"{one} is none")
    return tokens, found


def _without(error: Exception) -> FaultError:
    return FaultError(f"an answer without log-probabilities ({type(error).__name__}: {error})")


def _likelihood(scoring: Scoring, before: Echo, whole: Echo) -> Likelihood:
    pairs = enumerate(zip(before.tokens, whole.tokens, strict=False))
    first = next((at for at, (one, other) in pairs if one != other), min(len(before.tokens), len(whole.tokens)))
    if first == 0 and scoring.adds is not None:
        first = 1
    scored = [one for one in whole.log_probabilities[first:] if one is not None]
    if len(scored) < len(whole.tokens) - first:
        raise RefusedError(
            "nothing stands before the first token, so the server cannot say how likely it is; give the case a prompt, "
            "or set the option `tokenizer` to a folder with the model's tokenizer files"
        )
    return Likelihood(sum(scored), len(scored))
