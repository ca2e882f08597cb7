"""A report as Rich shows it, section by section."""
