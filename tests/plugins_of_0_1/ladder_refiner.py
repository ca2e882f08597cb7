from harness import Component, hookimpl
from harness.types import Proposal


class Ladder:
    def __init__(self, key: str, start: int | float, factor: int | float = 2, patience: int = 2):
        if factor == 1:
            raise ValueError("factor: 1 would try the same value again and again")
        self.key, self.start, self.factor, self.patience = key, start, factor, patience

    def propose(self, history):
        last = history.cycles[-self.patience :]
        if len(last) == self.patience and not any(cycle.accepted for cycle in last):
            return None
        value = self.start * self.factor ** len(history.cycles)
        return Proposal({self.key: value}, reason=f"{self.key} = {value:g}")


@hookimpl
def register_refiners():
    yield Component("ladder", Ladder, "multiplies one setting each cycle, until that no longer helps")
