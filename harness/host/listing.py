"""Components as text, for lists: from the index where a plugin is installed, from the plugin where it is a file."""

from __future__ import annotations

from harness.errors import PluginError
from harness.host.records import Offer, Registered


def offer_of(registered: Registered) -> Offer:
    """The component as text; options that cannot be read say so."""
    from harness.host.options import options_of

    component = registered.component
    try:
        options = options_of(registered)
        written, required = [str(option) for option in options], [one.name for one in options if one.required]
    except PluginError as error:
        written, required = [f"unreadable: {error}"], []
    return Offer(
        kind=registered.kind,
        name=component.name,
        plugin=registered.plugin,
        summary=registered.summary,
        options=tuple(written),
        required=tuple(required),
        needs=tuple(component.needs),
    )
