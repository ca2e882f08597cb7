"""How often a gate is wrong: simulated models whose true difference is known, and what several gates say of them."""
