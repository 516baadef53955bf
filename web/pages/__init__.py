"""The pages, in order of use: each reads a view and tells what stands on it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from web.exhibits import Page
from web.pages.camera import camera_page
from web.pages.compare import compare_page
from web.pages.live import live_page
from web.pages.network import network_page
from web.pages.od import od_page
from web.pages.pair import pair_page
from web.pages.quality import quality_page
from web.pages.routes import routes_page
from web.view import View

PAGES: Mapping[str, Callable[[View], Page]] = MappingProxyType(
    {
        "network": network_page,
        "camera": camera_page,
        "pair": pair_page,
        "od": od_page,
        "routes": routes_page,
        "quality": quality_page,
        "compare": compare_page,
        "live": live_page,
    }
)
"""The pages by the names of their addresses, in the order of the menu."""

__all__ = ["PAGES"]
