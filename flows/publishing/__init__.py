"""Publishing days: only complete ones, and what was published once does not change silently."""

from flows.publishing.days import LEAST_COVERAGE, Lack, Lacking, OfferedDay, offered_days
from flows.publishing.figures import Difference, differences, figures_by_day, figures_of
from flows.publishing.publish import Published, RefusalError, publish_day, published_days

__all__ = [
    "LEAST_COVERAGE",
    "Difference",
    "Lack",
    "Lacking",
    "OfferedDay",
    "Published",
    "RefusalError",
    "differences",
    "figures_by_day",
    "figures_of",
    "offered_days",
    "publish_day",
    "published_days",
]
