from statistics import median

from harness import Component, hookimpl


class MedianWords:
    reads = "text"
    higher_is_better = False
    bounds = (0.0, None)

    def compute(self, answered):
        return float(median(len(one.text.split()) for one in answered))


@hookimpl
def register_metrics():
    yield Component("median-words", MedianWords, "length of the median reply, in words")
