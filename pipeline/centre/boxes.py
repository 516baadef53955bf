"""Who sends."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A box at the street.

    Attributes:
        name: Of its token.
        site: Site that its cameras are of.
        cameras: Those it may speak of.
    """

    name: str
    site: str
    cameras: frozenset[str]
