"""What plugins are installed and what they offer, found by importing them in another process and kept in a file."""
