"""The learnt judge as a file: weights, and what was measured of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from tracking.model_card import Measurement
from tracking.riders.learnt import LearntJudge
from workshop.judge.learn import Learnt, count_errors, leaving_one_out, possible, quality_of
from workshop.judge.table import Row

COMMAND = "python -m workshop.judge learn --output FILE"
_LIMITS = (
    "Only for detectors that report whole cyclists: nothing was learnt of persons and bicycles apart.",
    "A motor vehicle that the detector calls a cyclist is told by its crops alone, from few examples; one "
    "lower than 24 pixels has none.",
    "Two tracks of one rider are two to it: joining them is another step's work.",
    "The real clips were looked at when features and the weight of real passages were chosen.",
)


def card_of(learnt: Learnt, rows: Sequence[Row]) -> LearntJudge:
    """Put a learnt judge and its card together.

    Args:
        learnt: From the rows that are not held back.
        rows: The whole table.
    """
    counted = {
        source: sum(one.source == source for one in rows) for source in ("learn", "held", "clip", "none")
    }
    return LearntJudge(
        name="passage_judge",
        licence="Apache-2.0",
        date=datetime.now(UTC).date(),
        description="From clearness, speed, width and way of a passage, and a look at its crops, to the "
        "probability that it was a riding cyclist: logistic, no weight below 0.",
        training_data=f"{counted['learn']} passages of simulated streets, {counted['clip']} of real clips "
        f"whose riders were marked by eye, {counted['none']} of real street cameras without cyclists "
        "(Powered by TfL Open Data), as the detector of the package saw them",
        command=COMMAND,
        quality=tuple(measured(learnt, rows)),
        limits=_LIMITS,
        seeing=learnt.seeing,
        blind=learnt.blind,
    )


def measured(learnt: Learnt, rows: Sequence[Row]) -> list[Measurement]:
    """All that is told of how right it is."""
    without = leaving_one_out([one for one in rows if one.source != "held"])
    return [*_of_clips(learnt, rows, without), *_held(learnt, rows)]


def write_judge(judge: LearntJudge, file: Path) -> None:
    """Write it as JSON."""
    file.write_text(judge.model_dump_json(indent=2, exclude_none=True) + "\n", "utf-8")


def _of_clips(learnt: Learnt, rows: Sequence[Row], without: dict[str, np.ndarray]) -> list[Measurement]:
    found = []
    for name, counted in (
        ("sum of count errors, leaving one clip out", lambda group: int((without[group] > 0.5).sum())),
        ("sum of count errors, nothing left out", lambda group: _counted(learnt, rows, group)),
        ("sum of count errors, by limits", lambda group: sum(o.limits for o in rows if o.group == group)),
    ):
        errors = count_errors(rows, counted)
        told = ", ".join(
            f"{clip} {number} of {riders}" for clip, (number, riders) in errors.items() if number != riders
        )
        total = float(sum(abs(number - riders) for number, riders in errors.values()))
        riding = sum(riders for _, riders in errors.values())
        data = f"{len(errors)} clips, {riding} riders; not right: {told or 'none'}"
        found.append(Measurement(measure=name, value=total, data=data, command=COMMAND))
    none = list(dict.fromkeys(one.group for one in rows if one.source == "none"))
    false = float(sum((without[group] > 0.5).sum() for group in none))
    limits = sum(one.limits for one in rows if one.source == "none")
    data = f"{len(none)} clips of street cameras without cyclists, each left out in turn; by limits {limits}"
    return [*found, Measurement(measure="counted where nobody rode", value=false, data=data, command=COMMAND)]


def _held(learnt: Learnt, rows: Sequence[Row]) -> list[Measurement]:
    held = [one for one in rows if one.source == "held"]
    if not held:
        return []
    got = quality_of(held, learnt.probabilities(held))
    by_limits = quality_of(held, np.array([float(one.limits) for one in held]))
    open_ones = [one for one, free in zip(held, possible(held), strict=True) if free]
    decided = quality_of(open_ones, learnt.probabilities(open_ones))
    about = f"{got.passages} passages of simulated cameras of held-back seeds, {got.riders} riders"
    told = {
        "wrong decisions, share": (
            got.wrong / got.passages,
            f"{about}; by limits {by_limits.wrong / got.passages:.3f}",
        ),
        "log loss": (got.log_loss, about),
        "Brier score": (got.brier, f"{about}; of the limits' yes and no {by_limits.brier:.3f}"),
        "expected cyclists": (
            got.expected,
            f"{about}; {got.counted} counted, by limits {by_limits.counted}; standard deviation "
            f"{got.spread:.1f}",
        ),
    }
    told["expected cyclists, passages that no limit decides"] = (
        decided.expected,
        f"{decided.passages} of them, {decided.riders} riders, {decided.counted} counted",
    )
    return [
        Measurement(measure=f"{name}, held back", value=round(value, 4), data=data, command=COMMAND)
        for name, (value, data) in told.items()
    ]


def _counted(learnt: Learnt, rows: Sequence[Row], group: str) -> int:
    mine = [one for one in rows if one.group == group]
    return int((learnt.probabilities(mine) > 0.5).sum())
