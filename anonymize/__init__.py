"""Blurring of frames and crops, before anything is embedded or written."""
