"""Finds plugins, says what they offer without importing them, imports what is needed, tells plugins of events."""

from harness.hookspecs import EVENTS, HOOK_OF_KIND
from harness.host.plugins import PluginHost
from harness.host.records import Indexed, Offer, PluginInfo, Problem, Registered

__all__ = ["EVENTS", "HOOK_OF_KIND", "Indexed", "Offer", "PluginHost", "PluginInfo", "Problem", "Registered"]
