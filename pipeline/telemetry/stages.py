"""The stages of the chain."""

from enum import StrEnum


class Stage(StrEnum):
    """The stages of the chain, in the order in which a frame meets them."""

    DECODE = "decode"
    DETECT = "detect"
    TRACK = "track"
    ANONYMISE = "anonymise"
    EMBED = "embed"
    MATCH = "match"
    STORE = "store"
