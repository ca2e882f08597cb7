import re

from harness import Component, hookimpl
from harness.types import Checked, Finding


class UnknownLinks:
    def __init__(self, allowed: list[str]):
        self.allowed = allowed

    def check(self, passages):
        for passage in passages:
            sites = re.findall(r"https?://([^\s/:?#]+)", passage.text)
            unknown = [site for site in sites if not self.is_allowed(site.lower())]
            yield Checked(passage.id, tuple(Finding("unknown-link", "medium", site[:80]) for site in unknown))

    def is_allowed(self, site):
        return any(site == one or site.endswith(f".{one}") for one in self.allowed)


@hookimpl
def register_safety_checks():
    yield Component("unknown-links", UnknownLinks, "links to sites that are not listed")
