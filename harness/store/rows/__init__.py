"""Records as rows of the store's tables, and back."""
