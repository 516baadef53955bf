"""Rows about tracks: those that the judge turned down, and those that were too short to be judged."""

from datetime import datetime, tzinfo
from typing import TypeAlias

from pipeline.reasons.rows import DECIMALS, Explained, Unit, What, doublings, rounded
from pipeline.reasons.words import Untracked
from tracking.arrays import FloatArray
from tracking.riders import JudgedPassage
from tracking.tracklets import ShortTrack

Uncounted: TypeAlias = JudgedPassage | ShortTrack


def row_of_track(camera: str, frame_size: tuple[int, int], track: Uncounted, zone: tzinfo) -> Explained:
    """The row of a track that was not counted.

    Args:
        camera: Camera id.
        frame_size: Width and height of its frames, pixels.
        track: With the verdict about it, or with what it lacked.
        zone: Time zone of the site.
    """
    if isinstance(track, ShortTrack):
        return _short(camera, frame_size, track, zone)
    tracklet, verdict = track.tracklet, track.verdict
    times, boxes = tracklet.times, tracklet.boxes
    return Explained(
        What.TRACK,
        camera,
        datetime.fromtimestamp(float(times[0]), zone),
        datetime.fromtimestamp(float(times[-1]), zone),
        verdict.reason.name.lower(),
        rounded(verdict.margin),
        None,
        None,
        None,
        "",
        len(times),
        rounded(verdict.measurements.motion.speed),
        *_relative(boxes[0], frame_size),
        *_relative(boxes[-1], frame_size),
    )


def _short(camera: str, frame_size: tuple[int, int], track: ShortTrack, zone: tzinfo) -> Explained:
    return Explained(
        What.TRACK,
        camera,
        datetime.fromtimestamp(track.begin, zone),
        datetime.fromtimestamp(track.end, zone),
        Untracked.BRIEF.name.lower(),
        rounded(doublings(track.seen_s, track.needed_s)),
        rounded(track.seen_s),
        rounded(track.needed_s),
        Unit.SECONDS,
        "",
        track.boxes,
        None,
        *_relative(track.first_box, frame_size),
        *_relative(track.last_box, frame_size),
    )


def _relative(box: FloatArray, frame_size: tuple[int, int]) -> tuple[float, float, float, float]:
    width, height = frame_size
    left, top, right, bottom = box.tolist()
    shares = (left / width, top / height, right / width, bottom / height)
    a, b, c, d = (round(min(max(share, 0.0), 1.0), DECIMALS) for share in shares)
    return a, b, c, d
