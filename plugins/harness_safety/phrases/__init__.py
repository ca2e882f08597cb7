"""How each language refuses: one module a language, its patterns for text in lower case with single blanks."""
