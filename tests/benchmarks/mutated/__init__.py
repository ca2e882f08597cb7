"""Files that people hand in, changed at random, and what the program makes of them."""
