"""From a site file to the cheapest way of looking whose counts agree."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

from pipeline.cameras import PreparedCamera
from pipeline.configuration import load_configuration
from pipeline.runner.prepare import prepare
from pipeline.telemetry import open_progress
from pipeline.tuning.bench import Bench, expected_frames
from pipeline.tuning.configured import configured
from pipeline.tuning.search import cheapest, search
from pipeline.tuning.survey import Choice, choose, whole_footage
from pipeline.tuning.trial import Trial
from pipeline.tuning.ways import ways_for
from tracking.attention import Attention, AttentionSettings
from tracking.errors import UsageError

LEAST_S = 2 * Attention(AttentionSettings()).memory_s
"""Footage below which nothing can be said: half of it goes by before the attention knows what is in view."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """What was tried at a site.

    Attributes:
        site: Name of the site.
        zone: Its time zone.
        choice: The pieces of footage.
        trials: Everything that was tried, the reference first.
        chosen: The cheapest that agrees with the reference, where it is cheaper than that; None otherwise.
        now: What is configured; None where that was not tried.
        allowed: Camera id → riders by which a way may differ.
        unread: Camera id → why nothing of it can be read.
        remarks: What was not tried, and why.
    """

    site: str
    zone: tzinfo
    choice: Choice
    trials: tuple[Trial, ...]
    chosen: Trial | None
    now: Trial | None
    allowed: Mapping[str, int]
    unread: Mapping[str, str]
    remarks: tuple[str, ...]

    @property
    def reference(self) -> Trial:
        """Every frame, at full size."""
        return self.trials[0]


def tune_site(
    site_file: Path, overrides: Mapping[str, Any], minutes: float, say: Callable[[str], None]
) -> Tuning:
    """Try ways of looking on the footage of a site; nothing is written, and no picture leaves the memory.

    Args:
        site_file: The site file.
        overrides: What the command line sets, by dotted key.
        minutes: Of footage to try them on, over all cameras.
        say: Told what is being done.

    Raises:
        UsageError: Configuration, weights, device or footage are not usable, or there is too little footage.
        FootageError: No camera has a decodable frame.
    """
    configuration = load_configuration(site_file, overrides)
    # A size that was tuned before is no measure of what can be seen: the model's own is.
    own_size = {} if isinstance(configuration.detector.input_size, tuple) else {"detector.input_size": None}
    prepared = prepare(configured(configuration, own_size))
    choice = _choose(site_file, prepared.cameras, 60 * minutes, say)
    ways = ways_for(configuration, prepared.cameras)
    bench = Bench(prepared, choice.pieces, say)
    rates = bench.look_at_everything(ways)
    now: Trial | None = None
    if bench.trials[0].riders:
        now = next((bench.attempt(way) for way in ways.beside()), None)
        search(ways, rates, bench.attempt)
    return Tuning(
        site=configuration.site,
        zone=configuration.zone,
        choice=choice,
        trials=tuple(bench.trials),
        chosen=cheapest(bench.trials),
        now=now,
        allowed=bench.allowed,
        unread=dict(prepared.troubles),
        remarks=tuple(ways.remarks),
    )


def _choose(
    site_file: Path, cameras: Sequence[PreparedCamera], wanted_s: float, say: Callable[[str], None]
) -> Choice:
    """Choose the pieces.

    Raises:
        UsageError: There is too little footage.
    """
    whole = [piece for camera in cameras for piece in whole_footage(camera)]
    footage_s = sum(piece.seconds for piece in whole)
    if footage_s < LEAST_S:
        raise UsageError(
            f"{site_file}: its cameras have {footage_s:.0f} s of footage in all, and tuning needs at least "
            f"{LEAST_S:.0f} s, better ten minutes; give longer recordings"
        )
    if footage_s <= wanted_s:
        return choose(cameras, wanted_s, lambda camera, frames: None)
    say("looking for the busiest minutes")
    with open_progress(expected_frames(cameras, whole)) as progress:
        return choose(cameras, wanted_s, progress.advance)
