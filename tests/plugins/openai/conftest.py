"""A server on this machine that speaks as OpenAI's do, and fails in every way that is asked of it."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from harness_openai.backend import OpenAIBackend

FAST = {"retries": 2, "backoff": 0.01, "timeout": 0.5, "concurrency": 4}


class FaultServer(ThreadingHTTPServer):
    """Serves the model `tiny`: a reply repeats the last user message, a token is a word, and its length its cost.

    `faults` are used up, one a request; `always` meets each request after them. Both leave alone what is asked to find
    out whether it scores, where `spares_probes`. `bodies` answers what holds a text with these bytes, and `status`.
    `asked` holds the body of each request, with its `path`.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.faults: list[str] = []
        self.always = ""
        self.spares_probes = True
        self.fail_on: dict[str, str] = {}
        self.bodies: dict[str, bytes] = {}
        self.status = 200
        self.models = ["tiny", "other"]
        self.scores = True
        self.shifted = False
        self.template = True
        self.adds = ""
        self.key: str | None = None
        self.asked: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.over = threading.Event()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def replied(self) -> list[dict[str, Any]]:
        """What was asked for replies."""
        return [one for one in self.asked if one["path"] in ("/v1/chat/completions", "/v1/completions")]

    def fault(self, body: Mapping[str, Any], *, is_probe: bool) -> str:
        found = next((fault for text, fault in self.fail_on.items() if text in json.dumps(body)), None)
        if found is None and is_probe and self.spares_probes:
            return ""
        with self._lock:
            return found or (self.faults.pop(0) if self.faults else self.always)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gives up is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FaultServer

    def log_message(self, *arguments: Any) -> None:
        pass

    def do_GET(self) -> None:
        if self._may():
            self._json(200, {"object": "list", "data": [{"id": name} for name in self.server.models]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append({"path": self.path, **body})
        self.server.headers.append(dict(self.headers))
        if not self._may():
            return
        fault = self.server.fault(body, is_probe=self._probes(body))
        written = next((given for text, given in self.server.bodies.items() if text in json.dumps(body)), None)
        if written is not None:
            self._send(self.server.status, written)
        elif fault:
            self._fail(fault, body)
        else:
            self._json(*_answer(self.server, self.path, body))

    def _may(self) -> bool:
        if self.server.key is None or self.headers.get("Authorization") == f"Bearer {self.server.key}":
            return True
        self._json(401, {"error": {"message": f"Incorrect API key: {self.headers.get('Authorization')}"}})
        return False

    def _probes(self, body: Mapping[str, Any]) -> bool:
        return "One, two, three," in str(body.get("prompt")) or self.path in ("/tokenize", "/detokenize")

    def _fail(self, fault: str, body: Mapping[str, Any]) -> None:
        """A status, with the seconds of a Retry-After behind it, or one of the methods below."""
        name, _, pause = fault.partition(" ")
        if name.isdigit():
            self._json(int(name), {"error": {"message": "out of order"}}, {"Retry-After": pause} if pause else {})
        else:
            getattr(self, f"_{name}")(body)

    def _garbage(self, body: Mapping[str, Any]) -> None:
        self._send(200, b"<html>Bad gateway</html>")

    def _shape(self, body: Mapping[str, Any]) -> None:
        self._json(200, {"choices": []})

    def _overlong(self, body: Mapping[str, Any]) -> None:
        self._json(400, {"error": {"message": "This model's maximum context length is 8 tokens."}})

    def _filtered(self, body: Mapping[str, Any]) -> None:
        self._json(400, {"error": {"message": "filtered due to our content management policy"}})

    def _unsupported(self, body: Mapping[str, Any]) -> None:
        self._json(400, {"error": {"message": "'max_tokens' is not supported. Use 'max_completion_tokens' instead."}})

    def _redirect(self, body: Mapping[str, Any]) -> None:
        self._send(307, b"", {"Location": "http://127.0.0.1:1/v1/chat/completions"})

    def _close(self, body: Mapping[str, Any]) -> None:
        """Answer, then close without a word about it."""
        self._json(*_answer(self.server, self.path, body))
        self.close_connection = True

    def _half(self, body: Mapping[str, Any]) -> None:
        self._send(200, b'{"choices": [{"mess', {"Content-Length": "500"})
        self.close_connection = True

    def _truncated(self, body: Mapping[str, Any]) -> None:
        self._send(200, b'{"choices": [{"mess')

    def _reset(self, body: Mapping[str, Any]) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _silence(self, body: Mapping[str, Any]) -> None:
        self.server.over.wait(10)
        self.close_connection = True

    def _drip(self, body: Mapping[str, Any]) -> None:
        self.close_connection = True
        with suppress(OSError):
            self._send(200, b"", {"Content-Length": "500"})
            while not self.server.over.wait(0.05):
                self.wfile.write(b" ")

    def _json(self, status: int, content: Any, headers: Mapping[str, str] | None = None) -> None:
        self._send(status, json.dumps(content).encode(), headers)

    def _send(self, status: int, content: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def _answer(server: FaultServer, path: str, body: Mapping[str, Any]) -> tuple[int, Any]:
    if body.get("model") not in server.models:
        return 404, {"error": {"message": f"no model {body.get('model')!r}"}}
    if path == "/v1/chat/completions":
        text, count, reason = _reply(body["messages"][-1]["content"], body)
        message = {"role": "assistant", "content": text}
        return 200, {"choices": [{"message": message, "finish_reason": reason}], "usage": _usage(3, count)}
    if path == "/v1/completions":
        return _completion(server, body)
    if server.template and path == "/tokenize":
        said = "".join(f"<{one['role']}>{one['content']}\n" for one in body["messages"]) + "<assistant>"
        return 200, {"tokens": [ord(character) for character in said]}
    if server.template and path == "/detokenize":
        return 200, {"prompt": "".join(map(chr, body["tokens"]))}
    return 404, {"error": {"message": "Not Found"}}


def _completion(server: FaultServer, body: Mapping[str, Any]) -> tuple[int, Any]:
    tokens = [*filter(None, [server.adds]), *re.findall(r"\s*\S+|\s+$", body["prompt"])]
    if "logprobs" not in body:
        text, count, reason = _reply(body["prompt"], body)
        return 200, {"choices": [{"text": text, "finish_reason": reason}], "usage": _usage(len(tokens), count)}
    if not server.scores and body["echo"]:
        return 400, {"error": {"message": "echo is not supported"}}
    given: list[float | None] = [None, *(-float(len(token)) for token in [*tokens[1:], " next"])]
    if server.shifted and body["echo"]:
        given[1:-1] = [-20.0] * (len(tokens) - 1)
    first = 0 if body["echo"] else len(tokens)
    logprobs = {"tokens": [*tokens, " next"][first:], "token_logprobs": given[first:]}
    return 200, {"choices": [{"text": " next", "logprobs": logprobs}], "usage": _usage(len(tokens), 1)}


def _reply(asked: str, body: Mapping[str, Any]) -> tuple[str, int, str]:
    said = f"You said: {asked}"
    for stop in body.get("stop", ()):
        said = said.partition(stop)[0]
    words = said.split(" ")
    most = body.get("max_tokens") or body["max_completion_tokens"]
    return " ".join(words[:most]), min(len(words), most), "stop" if len(words) <= most else "length"


def _usage(prompt: int, new: int) -> dict[str, int]:
    return {"prompt_tokens": prompt, "completion_tokens": new}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    """The server, up; the environment names none and holds no key."""
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with FaultServer() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.over.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def backend(server: FaultServer) -> OpenAIBackend:
    """The backend at that server, impatient."""
    return OpenAIBackend(base_url=server.url, **FAST)  # type: ignore[arg-type]
