"""At most one open model at a time."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from harness.host.blame import fitting
from harness.protocols import Model, SharesWeights
from harness.runs.assembly.built import BuiltModel
from harness.runs.session import Session
from harness.types import ModelReference, OpenRequest


class Models:
    """At most one open model at a time; a base and its adapters share one load. Use it in a `with`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._open: tuple[BuiltModel, Model] | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Models:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        if self._open is not None:
            model, self._open = self._open[0], None
            with self._session.at_work(model.backend, "backend", "open"):
                self._stack.close()

    def get(self, model: BuiltModel, resume: Mapping[str, Any] = MappingProxyType({})) -> Model:
        """The model, opened, or as a variant of the one that is open.

        `resume`: what an interrupted evaluation has recorded of it, with which it is opened anew.
        """
        if resume:
            self.close()
        if self._open is not None:
            opened, loaded = self._open
            if opened.identity == model.identity:
                return loaded
            if opened.backend.key == model.backend.key and isinstance(loaded, SharesWeights):
                with self._session.at_work(opened.backend, "backend", "variant"):
                    variant = loaded.variant(model.reference)
                if variant is not None:
                    return variant
            self.close()
        threads = self._session.thread_count(model)
        request = OpenRequest(model.reference, threads=threads, resume=resume)
        at_work = self._session.at_work(model.backend, "backend", "open")
        with self._session.stage(f"load {brief(model.reference)}"), at_work:
            instance: Model = self._stack.enter_context(model.backend.instance.open(request))
            if not isinstance(instance, Model):
                raise TypeError(f"gave {instance!r}, which is no Model: it needs `answers`, `facts` and `answer`")
            frozenset(instance.answers)
            fitting(instance.facts, Mapping[str, Any])
        self._open = (model, instance)
        return instance


def brief(model: ModelReference) -> str:
    """The model in a few words, for progress: of an adapter's path the last part."""
    name = str(replace(model, adapter=None))
    return f"{name} + {Path(model.adapter).name}" if model.adapter else name
