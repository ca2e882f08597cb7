"""A report as one page that needs nothing else: no network, no fonts, no library."""

from __future__ import annotations

from harness.report.html.page import to_html

__all__ = ["to_html"]
