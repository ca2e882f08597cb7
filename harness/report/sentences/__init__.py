"""What a report says in words, whatever shows it."""
