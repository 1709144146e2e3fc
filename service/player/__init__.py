"""The player on the article's page, and the pages around it.

Nothing here knows of a web framework: routes take ``assets()``, ``home()``, ``player_page()`` and
``oembed()`` and put them on the wire.
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
