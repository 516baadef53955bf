"""Models that are part of the package: each a weights file and its card, a JSON file of the same stem."""
