import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

from harness import Component, hookimpl
from harness.types import Checkpoint, StepRecord


class Rote:
    def __init__(self, most: int = 1000):
        if most < 1:
            raise ValueError(f"most must be 1 or more, not {most!r}")
        self.most = most

    def train(self, request, monitor):
        phrases = json.loads(Path(request.model.reference).read_text("utf-8"))
        steps, curve = min(self.most, len(request.train)), []
        for step, conversation in enumerate(islice(request.train, steps), 1):
            asked, said = conversation.messages[-2:]
            phrases[asked.content] = said.content
            curve.append(StepRecord(step, steps, loss=0.0))  # known by heart: nothing is left to learn
            if monitor.step(curve[-1]) == "stop":
                break
        # Written at the end alone: a training that was cut short left nothing and starts again.
        file = request.folder / "phrases.json"
        file.write_text(json.dumps(phrases), "utf-8")
        model = replace(request.model, reference=str(file))
        return Checkpoint(model, len(curve), steps, tuple(curve), stopped_early=len(curve) < steps)


@hookimpl
def register_trainers():
    yield Component("rote", Rote, "learns replies by heart, for a phrasebook")
