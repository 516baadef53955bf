"""The judge of passages: what it learns from, and how."""
