"""For plugin authors: a doctor for a plugin, a scaffold for a new one, schemas for editors."""
