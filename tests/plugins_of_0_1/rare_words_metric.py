import math
from collections import Counter

import numpy as np

from harness import Component, hookimpl


class RareWords:
    reads = "text"
    bounds = (0.0, 1.0)

    def __init__(self, shortest: int = 3):
        self.shortest = shortest
        self.weights = {}

    def prepare(self, cases):
        cases_with = Counter(word for case in cases for word in self.wanted(case))
        self.weights = {word: math.log(1 + len(cases) / count) for word, count in cases_with.items()}

    def score(self, answered):
        wanted = self.wanted(answered.case)
        said = [self.weight(wanted & self.words(text)) for text in answered.texts]
        return {"said": math.fsum(said) / len(said), "wanted": self.weight(wanted)}

    def value(self, statistics):
        return statistics["said"] / np.maximum(statistics["wanted"], 1e-9)

    def worst(self, case):
        return {"said": 0.0, "wanted": self.weight(self.wanted(case))}

    def wanted(self, case):
        return self.words(case.references[0])

    def words(self, text):
        return {word for word in text.lower().replace(".", " ").split() if len(word) >= self.shortest}

    def weight(self, words):
        return math.fsum(self.weights[word] for word in words)


@hookimpl
def register_metrics():
    yield Component("rare-words", RareWords, "words of the first reference that are said; rare ones count for more")
