"""Metrics: matching, classification, text overlap, likelihood, and a bridge to the `evaluate` library."""

from __future__ import annotations

from collections.abc import Iterator

from harness.hookspecs import hookimpl
from harness.protocols import Metric, WholeMetric
from harness.types.component import Component
from harness_metrics import classification, evaluate_module, likelihood, matching, overlap, rouge


@hookimpl
def register_metrics() -> Iterator[Component[Metric | WholeMetric]]:
    yield Component("exact-match", matching.ExactMatch, "share of replies equal to a reference")
    yield Component("token-f1", matching.TokenF1, "words shared with the best reference, as in SQuAD")
    yield Component("accuracy", classification.Accuracy, "share of cases with the right choice")
    yield Component("brier", classification.Brier, "squared error of the choices' probabilities; lower is better")
    yield Component("macro-f1", classification.macro_f1, "mean F1 over the labels of the suite")
    yield Component("macro-precision", classification.macro_precision, "mean precision over the labels of the suite")
    yield Component("macro-recall", classification.macro_recall, "mean recall over the labels of the suite")
    yield Component("micro-f1", classification.micro_f1, "F1 of all choices taken together")
    yield Component("micro-precision", classification.micro_precision, "precision of all choices taken together")
    yield Component("micro-recall", classification.micro_recall, "recall of all choices taken together")
    yield Component("perplexity", likelihood.Perplexity, "of the reference, per token; comparable within one tokenizer")
    yield Component("word-perplexity", likelihood.WordPerplexity, "of the reference, per word between white space")
    yield Component("byte-perplexity", likelihood.BytePerplexity, "of the reference, per UTF-8 byte")
    yield Component("bits-per-byte", likelihood.BitsPerByte, "of the reference; comparable across tokenizers")
    yield Component("bleu", overlap.Bleu, "corpus BLEU as sacrebleu computes it, 0 to 100")
    yield Component("chrf", overlap.Chrf, "corpus chrF as sacrebleu computes it, 0 to 100")
    yield Component("ter", overlap.Ter, "edits a reference word as sacrebleu counts them, in percent; lower is better")
    yield Component("rouge-1", rouge.rouge_1, "F-measure of shared words, best over references")
    yield Component("rouge-2", rouge.rouge_2, "F-measure of shared word pairs, best over references")
    yield Component("rouge-l", rouge.rouge_l, "F-measure of the longest common subsequence, best over references")
    yield Component(
        "evaluate-module",
        evaluate_module.EvaluateModule,
        "any module of the Hugging Face evaluate library",
        needs=("[evaluate]",),
    )
