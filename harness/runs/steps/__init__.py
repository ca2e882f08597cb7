"""One function a step of a run. Only these read the cache and write the journal."""
