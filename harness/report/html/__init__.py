"""A report as one page that needs nothing else: no network, no fonts, no library."""
