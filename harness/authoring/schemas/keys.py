"""What each key of a recipe and of a suite is for: what an editor shows beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ISOLATE: dict[str, Any] = {
    "type": "boolean",
    "description": "Whether it works in a process of its own, where a crash of it costs nothing else.",
}

SAID_OF_TIER = {
    "dev": "The share of the clusters that is free to look at; it steers `harness refine`.",
    "gate": "The share of the clusters that verdicts come from.",
    "vault": "The share of the clusters that stays closed until a release.",
}

SAID_OF_KEY: Mapping[str, Mapping[str, str]] = {
    "Recipe": {
        "name": "What reports call the recipe.",
        "model": "The model to start from.",
        "data": "The datasets to train on, one after the other.",
        "cleaners": "What the conversations pass through, in this order.",
        "validation": "The share of the conversations that is not trained on and decides which checkpoint is the best.",
        "allow_contaminated": "Train on conversations that are cases of a suite, too; the report says so.",
        "trainer": "What makes a checkpoint of model and data.",
        "suites": "The suites that decide whether the checkpoint is better.",
        "policy": "How strict the gate is.",
        "refiner": "What proposes the next cycle of `harness refine`.",
        "plugins": "Which plugins the recipe needs, and which it trusts.",
        "seed": "With the same seed, data and options a run gives the same numbers on the same machine.",
    },
    "ModelSpec": {
        "reference": "A local folder, a hub name or an alias that the backend knows.",
        "adapter": "The folder of an adapter on top of the model.",
        "revision": "The revision of a model of the hub.",
        "backend": "What opens the model, with its options.",
    },
    "SuiteUse": {
        "use": "A suite, by name or path.",
        "tier": "Which of its cases: a tier, or all of them.",
        "limit": "Take so many of the cases, always the same ones.",
    },
    "Plugins": {
        "files": "Plugins that are one Python file each, from the folder of the recipe.",
        "allow": "Load these installed plugins and no other.",
        "disable": "Leave these plugins out.",
    },
    "SuiteFile": {
        "name": "Results are stored under it: letters, digits, `.`, `_` and `-`.",
        "cases": "The case file (JSON Lines), as a path from here.",
        "description": "One line for people; it does not change the suite's version.",
        "task": "How cases are answered, where `metrics` is absent: stands for the usual metrics of that task.",
        "system": "A system message before the messages of each case that has none.",
        "choices": "The choices of each case that gives none.",
        "generation": "How replies are drawn.",
        "thoughts": "`split`: what a model thinks before it replies is no part of the reply; `keep`: it is.",
        "tiers": "Splits the cases once, whole clusters at a time; the shares add up to 1.",
        "metrics": "What is measured.",
        "checks": "Safety checks of the replies.",
    },
    "GenerationEntry": {
        "max_new_tokens": "The most tokens of a reply.",
        "temperature": "0 always takes the likeliest token.",
        "top_p": "Draw from the likeliest tokens that have this share of the probability together.",
        "stop": "Texts that end a reply.",
        "seed": "Another seed draws other replies.",
        "samples": "How many replies a case gets; more than one need a temperature.",
    },
    "MetricEntry": {
        "name": "Its name in reports, if not that of the metric; needed where one metric is used twice.",
        "role": "`primary` decides; `guard` fails the gate only when it really regressed; `watch` is only shown.",
        "margin": "The loss that still counts as not worse, in the metric's units.",
        "floor": "The smallest loss or gain that may be called regressed or improved, in the metric's units.",
        "cap": "The loss that a primary metric without margin must be able to exclude, in the metric's units.",
        "per_case": "Where replies are drawn several times, a single case that got worse fails the gate, too.",
    },
    "CheckEntry": {
        "name": "Its name in reports, if not that of the check; needed where one check is used twice.",
        "limit": "The share of replies with a finding that the gate tolerates; without it a check is only reported.",
    },
}
