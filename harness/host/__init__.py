"""Finds plugins, says what they offer without importing them, imports what is needed, tells plugins of events."""
