"""What the store can be asked, the SQL beside each question."""
