"""The same cases asked of one model by `harness evaluate` and by lm-evaluation-harness, as whole processes."""
