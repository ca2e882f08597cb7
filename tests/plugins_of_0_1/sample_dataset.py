import random
from itertools import islice

from harness import Component, hookimpl
from harness.protocols import Dataset
from harness.types import LoadRequest


class Sample:
    def __init__(self, of: Dataset, share: float, seed: int = 0):
        if not 0 < share <= 1:
            raise ValueError(f"share must be above 0 and at most 1, not {share!r}")
        self.of, self.share, self.seed = of, share, seed

    def load(self, request):
        return islice(self.rows(), request.limit)

    def rows(self):
        drawn = random.Random(self.seed)
        return (row for row in self.of.load(LoadRequest()) if drawn.random() < self.share)


@hookimpl
def register_datasets():
    yield Component("sample", Sample, "a random share of another dataset")
