"""One report model, and what renders it: `build` queries it from the store, `rich` and `json` show it."""
