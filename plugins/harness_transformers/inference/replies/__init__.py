"""Replies written token by token, many at once."""
