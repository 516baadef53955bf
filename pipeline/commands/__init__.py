"""The command line: one module per command, joined here."""

from pipeline.commands.app import main

__all__ = ["main"]
