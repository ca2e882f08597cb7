"""A model's weights in memory, whole, with tokenizer and template."""
