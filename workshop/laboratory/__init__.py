"""Brings the re-identification laboratory to the command line: descriptions and progress. Needs PyTorch."""

from workshop.laboratory.progress import show_training
from workshop.laboratory.reading import read_description

__all__ = ["read_description", "show_training"]
