"""The centre: takes what boxes send, and links it as one run over all footage would.

It knows nothing of HTTP; `web.centre` listens.
"""

from pipeline.centre.boxes import Box
from pipeline.centre.centre import Centre
from pipeline.centre.refusals import ForeignError, OtherPlaceError
from pipeline.centre.site import SiteCentre

__all__ = ["Box", "Centre", "ForeignError", "OtherPlaceError", "SiteCentre"]
