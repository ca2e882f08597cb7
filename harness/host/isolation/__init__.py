"""Third-party components at work: watched, or in a process of their own, so that what they do costs their own results.

A metric or a check of another distribution runs in a worker process, where it may hang, leak, crash or leave; another
kind does where `isolate: true` stands beside its `use:`.
"""
