"""Facts of a run in progress: written line by line, each with a checksum, and taken into the store once."""
