"""What was tried, for people to read and as plain values."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, tzinfo
from typing import Any

from rich.console import Console
from rich.text import Text

from pipeline.screen import new_table
from pipeline.tuning.pieces import Piece
from pipeline.tuning.trial import Trial
from pipeline.tuning.tune import Tuning

SURE_ENOUGH = 0.05
"""Loss that should be excluded before a setting is relied on."""


def print_tuning(tuning: Tuning, console: Console) -> None:
    """Print the pieces, a table of all that was tried, and what the choice rests on."""
    for sentence in pieces_sentences(tuning):
        console.print(sentence, soft_wrap=True, markup=False, highlight=False)
    numbers = ["px", "looks/s", "core s", "counted", "missed", "extra", "links"]
    title = f"{tuning.site}: looks a second, processor seconds a minute of a camera's footage"
    table = new_table(["way of looking"], [*numbers, ""], title)
    for trial in sorted(tuning.trials, key=lambda one: -one.work):
        table.add_row(Text(trial.way.looks), *_numbers(trial), _mark(tuning, trial))
    console.print(table)
    for sentence in verdict_sentences(tuning):
        console.print(sentence, soft_wrap=True, markup=False, highlight=False)


def pieces_sentences(tuning: Tuning) -> Iterable[str]:
    """Which stretches were taken."""
    choice = tuning.choice
    of = f" of {choice.footage_s / 60:.1f}" if choice.surveyed_s else ", all there is"
    surveyed = f", chosen from {choice.surveyed_s / 60:.1f} by their movement" if choice.surveyed_s else ""
    yield f"{tuning.site}: tried on {choice.seconds / 60:.1f} minutes{of}{surveyed}"
    for piece in choice.pieces:
        yield f"  camera {piece.camera}: {piece.source}, {_clock(piece, tuning.zone)}"


def verdict_sentences(tuning: Tuning) -> Iterable[str]:
    """What was chosen, and how sure that is."""
    yield from (f"note: {remark}" for remark in tuning.remarks)
    for camera, reason in tuning.unread.items():
        yield f"camera {camera}: not tried: {reason}"
    for camera, number in tuning.allowed.items():
        if number:
            yield f"camera {camera}: may differ by {number}, as looking at every frame differs from itself"
    best = tuning.chosen
    if best is None:
        return
    everything, now = tuning.reference.processor_s, tuning.now
    today = f", {now.processor_s:.1f} as it is configured now" if now and now is not best else ""
    yield (
        f"chosen: {best.way.name}: {best.processor_s:.1f} processor seconds a minute, instead of "
        f"{everything:.1f} at every frame ({everything / best.processor_s:.1f} times as many){today}"
    )
    yield (
        f"{best.riders - best.missed} of {best.riders} riders counted: with 95 % confidence it loses less "
        f"than {best.loss_bound:.1%} of riders like these"
    )
    if best.loss_bound > SURE_ENOUGH:
        yield "give more footage with --minutes before you rely on it: 59 riders and none lost are below 5 %"


def to_values(tuning: Tuning, written: bool) -> dict[str, Any]:
    """Everything as plain values for JSON.

    Args:
        tuning: What was tried.
        written: The choice stands in the site file now.
    """
    return {
        "site": tuning.site,
        "minutes": round(tuning.choice.seconds / 60, 3),
        "footage_minutes": round(tuning.choice.footage_s / 60, 3),
        "pieces": [
            asdict(piece) | {"start": _utc(piece.start), "end": _utc(piece.end)}
            for piece in tuning.choice.pieces
        ],
        "trials": [
            _values(trial) | {"chosen": trial is tuning.chosen, "now": trial is tuning.now}
            for trial in tuning.trials
        ],
        "chosen": dict(tuning.chosen.way.values) if tuning.chosen else None,
        "allowed": dict(tuning.allowed),
        "unread": dict(tuning.unread),
        "remarks": list(tuning.remarks),
        "written": written,
    }


def _values(trial: Trial) -> dict[str, Any]:
    return {
        "way": trial.way.name,
        "settings": dict(trial.way.values),
        "looks_per_s": round(trial.looks_per_s, 3),
        "full_looks_per_s": round(trial.work, 4),
        "processor_s_per_minute": round(trial.processor_s, 3),
        "riders": trial.riders,
        "counted": trial.counted,
        "missed": trial.missed,
        "extra": trial.extra,
        "loss_upper_bound": round(trial.loss_bound, 4),
        "links": trial.links_reference,
        "links_f1": None if trial.links_f1 is None else round(trial.links_f1, 4),
        "agrees": trial.agrees,
        "cameras": [asdict(camera) for camera in trial.cameras],
    }


def _numbers(trial: Trial) -> tuple[str, ...]:
    links = "-" if trial.links_f1 is None else f"{trial.links_f1:.1%}"
    return (
        "-" if trial.way.pixels is None else str(trial.way.pixels),
        f"{trial.looks_per_s:.2f}",
        f"{trial.processor_s:.1f}",
        str(trial.counted),
        str(trial.missed),
        str(trial.extra),
        links,
    )


def _mark(tuning: Tuning, trial: Trial) -> str:
    if trial is tuning.reference:
        return "reference"
    if trial is tuning.chosen:
        return "chosen, now" if trial is tuning.now else "chosen"
    said = "agrees" if trial.agrees else "differs"
    return f"{said}, now" if trial is tuning.now else said


def _clock(piece: Piece, zone: tzinfo) -> str:
    start, end = (datetime.fromtimestamp(moment, zone) for moment in (piece.start, piece.end))
    return f"{start:%Y-%m-%d %H:%M:%S}–{end:%H:%M:%S}"


def _utc(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
