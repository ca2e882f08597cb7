"""Which model that is: where its files lie, whose they are, on which device. No torch at import."""
