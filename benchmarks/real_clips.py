"""The real clips, and the cyclists in them, as `workshop/judge/clips.csv` lists them."""

from workshop.judge.clips import Clip, real_clips

__all__ = ["CLIPS", "Clip"]

CLIPS = real_clips()
