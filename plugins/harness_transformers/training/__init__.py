"""Supervised fine-tuning with LoRA, resumable to the bit."""
