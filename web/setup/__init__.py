"""Setting a site up in the browser: regions, lines, places and links are drawn, tried and written."""

from web.setup.bench import Bench
from web.setup.routes import add_setup

__all__ = ["Bench", "add_setup"]
