"""Shared prefixes on real model code of many kinds, with random weights: the numbers are those of the plain path."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from where import DEVICE

from harness_transformers.inference.attention_probe import look
from harness_transformers.inference.model import scoring_plan
from harness_transformers.inference.plan import plan_scoring
from harness_transformers.inference.prefixes import Scored, prefix_tree
from harness_transformers.inference.scoring import Scorer
from harness_transformers.model.head import Head, hidden_at

WORDS = 60
SMALL = {
    "vocab_size": WORDS,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
    "head_dim": 8,
    "initializer_range": 0.3,
    "pad_token_id": 0,
}
GPT2 = {"vocab_size": WORDS, "n_embd": 32, "n_layer": 3, "n_head": 4, "n_positions": 128, "initializer_range": 0.3}
SEE_TREES = {
    "llama-gqa-tied": ("LlamaConfig", SMALL | {"tie_word_embeddings": True}),
    "qwen2-biases": ("Qwen2Config", SMALL),
    "gpt2-learned-positions": ("GPT2Config", GPT2),
    "mistral-sliding-window": ("MistralConfig", SMALL | {"sliding_window": 7}),
    "gemma2-windows-and-soft-caps": ("Gemma2Config", SMALL | {"sliding_window": 7, "final_logit_softcapping": 5.0}),
    "gemma3-mixed-layers": ("Gemma3TextConfig", SMALL | {"sliding_window": 7, "sliding_window_pattern": 2}),
    "cohere-scaled-logits": ("CohereConfig", SMALL | {"logit_scale": 0.5}),
    "granite-divided-logits": ("GraniteConfig", SMALL | {"logits_scaling": 3.0}),
    "gpt-neox-partly-rotary": ("GPTNeoXConfig", {k: v for k, v in SMALL.items() if k != "num_key_value_heads"}),
}
SEE_NONE = {
    "gpt-neo-windows-by-column": (
        "GPTNeoConfig",
        {"vocab_size": WORDS, "hidden_size": 32, "num_layers": 2, "num_heads": 4, "attention_types": [[["local"], 2]]}
        | {"window_size": 8, "max_position_embeddings": 128, "initializer_range": 0.3},
    ),
    "phi3-longrope": (
        "Phi3Config",
        {k: v for k, v in SMALL.items() if k != "head_dim"}
        | {"original_max_position_embeddings": 8, "bos_token_id": 1, "eos_token_id": 2}
        | {
            "rope_parameters": {
                "rope_type": "longrope",
                "rope_theta": 10000.0,
                "long_factor": [9.0] * 4,
                "short_factor": [1.0] * 4,
            }
        }
        | {"tie_word_embeddings": True},
    ),
    "bloom-alibi": ("BloomConfig", {"vocab_size": WORDS, "hidden_size": 32, "n_layer": 2, "n_head": 4}),
    "mamba-state-space": (
        "MambaConfig",
        {"vocab_size": WORDS, "hidden_size": 32, "num_hidden_layers": 2, "state_size": 4},
    ),
}


@cache
def model_of(name: str) -> Any:
    import torch
    import transformers

    config, options = (SEE_TREES | SEE_NONE)[name]
    torch.manual_seed(1)
    return transformers.AutoModelForCausalLM.from_config(getattr(transformers, config)(**options)).eval().to(DEVICE)


def plainly(model: Any, sequences: Sequence[Scored]) -> list[float]:
    import torch

    found = []
    for one in sequences:
        ids_t = torch.from_numpy(one.tokens.astype(np.int64)).to(model.device)
        with torch.inference_mode():
            shares_tv = model(ids_t[None, :-1], use_cache=False).logits[0].float().log_softmax(-1)
        places = range(one.first_read, len(one.tokens) - 1)
        found.append(sum(float(shares_tv[at, ids_t[at + 1]]) for at in places))
    return found


def by_plan(model: Any, plan: Any, head: Head | None) -> list[float]:
    import torch

    scorer, found = Scorer(model, plan, head), dict[int, float]()
    with torch.inference_mode():
        for batch in plan.batches:
            found.update(scorer.read(batch.node, batch.units))
    return [found[number] for number in range(len(plan.tree.sequences))]


@st.composite
def families(draw: st.DrawFn) -> list[Scored]:
    """Sequences of up to 30 tokens that branch off one another at random places."""
    stems = [draw(st.lists(st.integers(0, WORDS - 1), min_size=2, max_size=14))]
    for _ in range(draw(st.integers(1, 9))):
        stem = draw(st.sampled_from(stems))
        cut = draw(st.integers(1, len(stem)))
        stems.append(stem[:cut] + draw(st.lists(st.integers(0, WORDS - 1), min_size=1, max_size=16)))
    return [Scored(np.array(s, dtype=np.int32), draw(st.integers(1, len(s) - 1))) for s in stems]


@pytest.mark.parametrize("name", SEE_TREES)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(
    sequences=families(),
    row=st.sampled_from([8, 24, 200]),
    gain=st.sampled_from([1, 6, 60]),
    budget=st.sampled_from([9, 64, 400]),
)
def test_random_trees_give_the_plain_log_likelihoods(
    name: str, sequences: list[Scored], row: int, gain: int, budget: int
) -> None:
    model = model_of(name)
    plan = plan_scoring(prefix_tree(sequences, row=row, gain=gain), budget)
    assert by_plan(model, plan, Head.of(model)) == pytest.approx(plainly(model, sequences), abs=1e-4)


@pytest.mark.parametrize("name", SEE_TREES)
def test_it_is_found_out_that_they_see_trees(name: str) -> None:
    assert look(model_of(name)).facts() == {}


@pytest.mark.parametrize("name", SEE_NONE)
def test_an_architecture_that_sees_no_tree_goes_the_plain_way_and_says_so(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    model = model_of(name)
    sight = look(model)
    assert sight.tree
    assert "prompts are not shared" in caplog.text
    long = np.arange(3, 40, dtype=np.int32)
    sequences = [Scored(np.concatenate([long[: 3 + 9 * n], [6 + n, 7]]).astype(np.int32), 2) for n in range(4)]
    plan = scoring_plan(sequences, 1 if sight.alone else 64, share=not sight.tree)
    assert plan.tree.computed == plan.facts()["asked_tokens"]
    assert by_plan(model, plan, Head.of(model)) == pytest.approx(plainly(model, sequences), abs=1e-4)


@pytest.fixture
def odd_head() -> Iterator[Any]:
    """A model that does something of its own behind its output layer."""
    model = model_of("llama-gqa-tied")
    hook = model.register_forward_hook(lambda _m, _a, out: setattr(out, "logits", out.logits * 2) or out)
    yield model
    hook.remove()


def test_a_head_that_is_not_understood_is_not_used_alone(odd_head: Any) -> None:
    sight = look(odd_head)
    assert "no_chunks" in sight.facts()
    sequences = [Scored(np.array([3, 4, 5, 6 + n, 7], dtype=np.int32), 2) for n in range(4)]
    plan = plan_scoring(prefix_tree(sequences, row=64, gain=64), 64)
    assert by_plan(odd_head, plan, None) == pytest.approx(plainly(odd_head, sequences), abs=1e-4)


def test_logits_are_made_a_few_places_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from harness_transformers.model import head

    model, sizes = model_of("llama-gqa-tied"), []
    sequences = [Scored(np.arange(1, 40, dtype=np.int32), 38)]
    plan = plan_scoring(prefix_tree(sequences, row=64, gain=64), 64)
    whole = by_plan(model, plan, Head.of(model))
    monkeypatch.setattr(head, "LOGITS_AT_ONCE", 5 * WORDS)
    hook = model.get_output_embeddings().register_forward_hook(lambda _m, _a, out: sizes.append(out.shape[-2]))
    assert by_plan(model, plan, Head.of(model)) == pytest.approx(whole, abs=1e-5)
    hook.remove()
    assert max(sizes) == 5
    with torch.inference_mode():
        rows, columns, ids = (torch.tensor(one, device=DEVICE) for one in ([0, 0], [2, 4], [[1, 2, 3, 4, 5]]))
        assert hidden_at(model, rows, columns, input_ids=ids).shape == (2, 32)


def test_a_prefix_longer_than_a_pass_is_kept_in_pieces() -> None:
    for name in ("llama-gqa-tied", "mistral-sliding-window"):
        stem = [7 + at % 40 for at in range(60)]
        sequences = [Scored(np.array([*stem, 3 + n, 4, 5], dtype=np.int32), 2) for n in range(4)]
        plan = plan_scoring(prefix_tree(sequences, row=8, gain=8), budget=13)
        assert plan.facts()["prefixes"] == 1
        model = model_of(name)
        assert by_plan(model, plan, Head.of(model)) == pytest.approx(plainly(model, sequences), abs=1e-4)


def test_bfloat16_is_near_and_finds_trees(make_tokenizer: Callable[..., Any]) -> None:
    import copy

    import torch

    model = copy.deepcopy(model_of("llama-gqa-tied")).to(torch.bfloat16)
    assert look(model).facts() == {}
