"""Libraries that take long to import: they belong into the methods that need them."""

HEAVY = (
    *("torch", "torchvision", "torchmetrics", "transformers", "tensorflow", "keras", "jax", "flax", "onnxruntime"),
    *("accelerate", "peft", "trl", "bitsandbytes", "vllm", "deepspeed", "sentence_transformers", "lightning"),
    *("datasets", "evaluate", "huggingface_hub", "sacrebleu", "rouge_score", "bert_score", "nltk", "spacy", "gensim"),
    *("sklearn", "pandas", "polars", "pyarrow", "matplotlib", "numba", "ray", "openai", "anthropic"),
)
