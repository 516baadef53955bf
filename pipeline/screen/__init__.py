"""How results look on a terminal: the one form of tables, and statistics in it."""

from pipeline.screen.tables import new_table

__all__ = ["new_table"]
