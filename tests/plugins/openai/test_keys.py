"""A server that quotes the key, in every form and place that it may."""

from __future__ import annotations

import base64
import json
import os
import quopri
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from harness.cli import main
from harness.errors import UsageError
from harness.types import Generate, Message, ModelReference, OpenRequest
from harness_openai.address import secret_headers
from harness_openai.backend import OpenAIBackend
from harness_openai.keys import HIDDEN, hiding
from harness_openai.model import ServedModel

if TYPE_CHECKING:
    from tests.conftest import Project
    from tests.plugins.openai.conftest import FaultServer

KEY = "sk-proj/Of+the_tests.42-Zq9"
FORMS = {
    "as it is": KEY,
    "JSON": "".join(f"\\u{ord(letter):04X}" for letter in KEY),
    "JSON in JSON": "".join(f"\\\\u{ord(letter):04x}" for letter in KEY),
    "a slash of JSON": KEY.replace("/", r"\/"),
    "ECMAScript": "".join(f"\\u{{{ord(letter):x}}}" for letter in KEY),
    "C": "".join(f"\\x{ord(letter):02x}" for letter in KEY),
    "octal": "".join(f"\\{ord(letter):03o}" for letter in KEY),
    "an URL": quote(KEY, safe=""),
    "every letter of an URL": "".join(f"%{ord(letter):02X}" for letter in KEY),
    "an URL twice": quote(quote(KEY, safe=""), safe=""),
    "HTML": "".join(f"&#{ord(letter)};" for letter in KEY),
    "HTML in hexadecimal": "".join(f"&#x{ord(letter):X};" for letter in KEY),
    "HTML twice": "".join(f"&amp;#{ord(letter)};" for letter in KEY),
    "names of HTML": KEY.replace("/", "&sol;").replace("+", "&plus;").replace("_", "&lowbar;").replace(".", "&period;"),
    "mail": "".join(f"={ord(letter):02X}" for letter in KEY),
    "base64": base64.b64encode(KEY.encode()).decode(),
    "base64 of more": base64.b64encode(f"Bearer {KEY}, sent".encode()).decode(),
    "base64 of a colon before": base64.b64encode(f":{KEY}".encode()).decode(),
    "base64 of two before": base64.b64encode(f"a:{KEY}!".encode()).decode(),
    "base64 of URLs": base64.urlsafe_b64encode(f"user:{KEY}".encode()).decode(),
    "hexadecimal": KEY.encode().hex(),
    "hexadecimal in capitals": KEY.encode().hex(":").upper().replace(":", " "),
    "reversed": KEY[::-1],
    "other case": KEY.swapcase(),
    "zero width": "\u200b".join(KEY),
    "zero width in JSON": "\\u200b".join(KEY),
    "a line end": f"{KEY[:9]}\r\n  {KEY[9:]}",
    "a line end in JSON": f"{KEY[:9]}\\n{KEY[9:]}",
    "blanks": " ".join(KEY),
}


def signs(form: str) -> list[str]:
    """Parts by which the key would be known again, as it is written there and as it is read."""
    return [part for text in (FORMS[form], KEY) for part in (text, text[4:24], text[-20:-2])]


def opened(backend: OpenAIBackend) -> ServedModel:
    with backend.open(OpenRequest(ModelReference("tiny", backend="openai"))) as model:
        return model


@pytest.mark.parametrize("form", FORMS)
def test_a_key_is_hidden_in_every_form(form: str) -> None:
    said = hiding([KEY])(f"before {FORMS[form]} after")
    assert said.startswith("before ")
    assert said.endswith(" after")
    assert HIDDEN in said
    assert len(said) < len("before … after") + 24  # of base64, what stands around the key is left


def test_quoted_printable_of_the_library_is_read() -> None:
    assert hiding([KEY])(quopri.encodestring(KEY.encode(), quotetabs=True).decode()) == HIDDEN


@pytest.mark.parametrize(
    "text", ["", "sk-proj/Of+the", "c2stcHJvag==", "An answer\nof \\u0073ome words, 100 % & more; \\n"]
)
def test_what_is_no_key_stays(text: str) -> None:
    assert hiding([KEY])(text) == text


def test_a_short_key_is_hidden_where_it_stands_and_nowhere_else() -> None:
    assert hiding(["EMPTY"])("EMPTY, empty, E M P T Y") == "…, empty, E M P T Y"


def test_all_parts_of_a_header_are_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("BASIC", "Basic " + base64.b64encode(b"ada:long-password-of-hers").decode())
    _, secrets = secret_headers(None, {"Authorization": "$BASIC"})
    assert hiding(secrets)("the password long-password-of-hers of ada") == "the password … of ada"


def test_a_megabyte_of_anything_is_searched_in_time() -> None:
    hide = hiding([KEY])
    for text in ("\\" * 2**20, "s" * 2**20, "s " * 2**19, "sk-proj" * 150_000, "%25" * 350_000, "&amp;" * 200_000):
        began = time.process_time()
        hide(text)
        assert time.process_time() - began < 5


@pytest.fixture
def keyed(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> FaultServer:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    return server


def body(place: str, form: str) -> bytes:
    """What the server says that quotes the key there."""
    quoted = f'"{FORMS[form]}"' if "JSON" in form else json.dumps(FORMS[form])
    reply = f'{{"choices": [{{"message": {{"content": {quoted}}}, "finish_reason": "stop"}}]}}'
    error = f'{{"error": {{"message": {quoted}}}}}'
    return {"reply": reply, "error": error, "page": f"<html>{FORMS[form]}</html>"}[place].encode()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("place", "status"), [("reply", 200), ("error", 400), ("page", 500), ("page", 200)])
def test_what_is_answered_never_holds_the_key(keyed: FaultServer, place: str, status: int, form: str) -> None:
    keyed.bodies, keyed.status = {"quote": body(place, form)}, status
    backend = OpenAIBackend(base_url=keyed.url, retries=0, timeout=5.0)
    with backend.open(OpenRequest(ModelReference("tiny", backend="openai"))) as model:
        (answer,) = model.answer([Generate("k", (Message("user", "quote"),), max_new_tokens=8)])
    said = "".join(answer.replies) or str(answer.error)
    assert HIDDEN in said
    assert not any(sign in said for sign in signs(form))


def test_a_key_in_utf_16_is_hidden(keyed: FaultServer) -> None:
    keyed.bodies, keyed.status = {"Hello": json.dumps({"error": {"message": KEY}}).encode("utf-16-le")}, 401
    backend = OpenAIBackend(base_url=keyed.url, retries=0, timeout=5.0)
    model = opened(backend)
    with pytest.raises(UsageError, match="401: …") as caught:
        list(model.answer([Generate("k", (Message("user", "Hello"),), max_new_tokens=8)]))
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("form", ["as it is", "an URL", "hexadecimal", "base64 of URLs", "HTML"])
def test_a_key_in_a_header_or_in_no_protocol_at_all_is_hidden(
    form: str, monkeypatch: pytest.MonkeyPatch, redirecting: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("QUOTED", FORMS[form])
    for path in ("moved", "garbled"):
        with pytest.raises(UsageError) as caught:
            opened(OpenAIBackend(base_url=f"{redirecting}/{path}", retries=0, timeout=5.0))
        assert HIDDEN in str(caught.value)
        assert not any(sign in str(caught.value) for sign in signs(form))


class _Quoting(BaseHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        quoted = os.environ["QUOTED"]
        head = f"HTTP/1.1 302 Found\r\nLocation: /{quoted}\r\n\r\n" if "moved" in self.path else f"{quoted}\r\n\r\n"
        self.wfile.write(head.encode())
        self.close_connection = True


@pytest.fixture
def redirecting() -> Iterator[str]:
    """The address of a server that redirects to the key, or says it in place of a status."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Quoting) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


@pytest.mark.slow
def test_no_file_and_no_line_of_an_evaluation_holds_the_key(
    project: Project, keyed: FaultServer, capfd: pytest.CaptureFixture[str]
) -> None:
    """Replies in one evaluation, errors in the other; then every report, the store and what is left in journals."""
    rows = [{"id": form, "messages": [{"role": "user", "content": f"{form}!"}], "references": ["x"]} for form in FORMS]
    project.write("suites/quotes.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    project.suite("quotes", cases="quotes.jsonl", choices=None, metrics=["exact-match"])
    options = [part for one in (f"base_url={keyed.url}", "retries=0", "timeout=9") for part in ("--option", one)]
    for place, status, code in (("reply", 200, 0), ("error", 400, 4)):
        keyed.bodies, keyed.status = {f'"{form}!"': body(place, form) for form in FORMS}, status
        assert main(["evaluate", "openai:tiny", "--suite", "quotes", "--name", place, *options]) == code
        for form in ("html", "markdown", "json", "junit"):
            assert main(["report", "latest", "--format", form]) == 0
        options += ["--option", "revision=second"]
    main(["compare", "reply", "error"])
    main(["sql", "SELECT replies, error FROM predictions", "--json"])
    captured = capfd.readouterr()
    seen = captured.out + captured.err
    assert HIDDEN in seen
    files = [file for file in project.folder.rglob("*") if file.is_file() and file.name != "quotes.jsonl"]
    assert {"store.duckdb", "report.html", "report.md", "report.json", "junit.xml"} <= {file.name for file in files}
    seen += "".join(file.read_bytes().decode("utf-8", "replace") for file in files)
    assert [form for form in FORMS for sign in signs(form) if sign in seen] == []
