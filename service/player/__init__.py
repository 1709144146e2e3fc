"""The player on an article's page, and the pages around it.

Nothing here depends on a web framework: routes call ``assets()``, ``home()``, ``player_page()`` and
``oembed()`` and send the results.
"""

from service.player.assets import Asset, assets, demo, demo_page
from service.player.pages import (
    FRAME_HEIGHT,
    HOME_POLICY,
    Recorded,
    embed_line,
    home,
    oembed,
    player_page,
    player_policy,
)

__all__ = [
    "FRAME_HEIGHT",
    "HOME_POLICY",
    "Asset",
    "Recorded",
    "assets",
    "demo",
    "demo_page",
    "embed_line",
    "home",
    "oembed",
    "player_page",
    "player_policy",
]
