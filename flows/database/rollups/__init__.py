"""Counts by quarters of an hour, kept beside the passages and always of the same transaction.

Triggers note which time a change touches, whoever makes it; `refresh` computes that time anew before the
transaction ends. So late data of any age is right, and who only reads needs to compute nothing.
"""

from flows.database.rollups.refresh import refresh
from flows.database.rollups.touched import touch_everything
from flows.database.rollups.triggers import create_triggers, drop_triggers

__all__ = ["create_triggers", "drop_triggers", "refresh", "touch_everything"]
