"""Where a server is, and the headers that go to it and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from harness.errors import UsageError
from harness_openai.keys import parts_of

DEFAULT_KEY = "OPENAI_API_KEY"
_OF_SECRETS = ("auth", "cookie", "key", "secret", "token")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """A base URL in parts; `path` begins with a slash or is empty, and ends with none."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def root(self) -> str:
        """The path without its version: where servers keep what is not OpenAI's."""
        return self.path.removesuffix("/v1")

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


def parse_address(base_url: str | None) -> Address:
    """The address of an URL, or of $OPENAI_BASE_URL without one. Raises ValueError, which shows no password."""
    written = base_url or os.environ.get("OPENAI_BASE_URL")
    if not written:
        raise ValueError("base_url: is missing; write `base_url: http://localhost:8000/v1`, or set OPENAI_BASE_URL")
    parts = urlsplit(written.strip())
    if "@" in parts.netloc:
        raise ValueError("base_url: must hold no user or password; name a key's environment variable in api_key_env")
    try:
        port = parts.port or _PORTS[parts.scheme]
    except (KeyError, ValueError):
        port = 0
    if not port or not parts.hostname:
        raise ValueError(f"base_url: {written!r} is no address; write one such as http://localhost:8000/v1")
    if parts.query or parts.fragment:
        raise ValueError(f"base_url: {written!r} has a query or a fragment; it must end with its path, such as /v1")
    return Address(parts.scheme, parts.hostname, port, parts.path.rstrip("/"))


def check_headers(headers: Mapping[str, str]) -> None:
    """Raise ValueError where a header, by its name, would carry a secret that is written down: options are stored."""
    for name, value in headers.items():
        if any(word in name.lower() for word in _OF_SECRETS) and not value.startswith("$"):
            raise ValueError(f"headers[{name!r}]: name an environment variable, `$NAME`, or use api_key_env")


def secret_headers(api_key_env: str | None, headers: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The headers to send, and the secrets in them, read from the environment. Raises UsageError where one is missing.

    The default key may be missing: a server of one's own asks for none.
    """
    found: dict[str, str] = {}
    secrets: list[str] = []
    key = _variable(api_key_env or DEFAULT_KEY, "api_key_env", needed=api_key_env is not None)
    if key is not None:
        found["Authorization"] = f"Bearer {key}"
        secrets += parts_of(key)
    for name, value in headers.items():
        if value.startswith("$"):
            value = _variable(value[1:], f"headers[{name!r}]", needed=True) or ""
            secrets += parts_of(value)
        found[name] = value
    return found, tuple(secrets)


def _variable(name: str, option: str, *, needed: bool) -> str | None:
    value = os.environ.get(name, "").strip()
    if not value and needed:
        raise UsageError(f"{option}: the environment variable {name!r} is not set")
    if not (value.isascii() and value.isprintable()):  # http.client would say the value in its error
        raise UsageError(f"{option}: the environment variable {name!r} holds what no header can hold")
    return value or None
