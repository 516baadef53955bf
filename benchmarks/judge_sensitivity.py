"""How much the counts of the real clips hang on each constant of the judge.

Every passage's evidence is taken once from what the detector said (`python -m benchmarks.judge_looks`), and
judged again with one constant after the other a third smaller and larger.

    python -m benchmarks.judge_sensitivity WORK/clip [--by limits]
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from benchmarks.real_clips import CLIPS
from tracking.arrays import BoolArray
from tracking.riders import Glance, PassageJudge, RiderSettings, learnt, limits, measuring
from tracking.riders.evidence import Evidence
from tracking.riders.expected import ExpectedCount
from tracking.riders.verdict import Verdict, nobody_looked
from tracking.tracklets import TrackerSettings
from workshop.judge.passages import judge_seen
from workshop.judge.seen import read_folder

LIMITS = {
    "learnt": ("min_seen_s", "min_growth", "max_speed"),
    "limits": (
        *("min_seen_s", "min_displacement", "min_growth", "walking_speed", "running_speed", "max_speed"),
        *("whole_walking", "whole_running", "max_on_foot_ratio"),
    ),
}
"""Settings that decide about a detector of whole cyclists."""
RANGES = ("_SPEEDS", "_WIDTHS", "_WAYS")
FACTORS = (2 / 3, 4 / 3)


@dataclass(frozen=True, slots=True)
class Seen:
    """Evidence of one passage.

    Attributes:
        evidence: All rows.
        parked: (N,) rows whose bicycle stands there without the person.
        glance: What its crops show; None where nobody looked.
    """

    evidence: Evidence
    parked: BoolArray
    glance: Glance | None


class _Noting(PassageJudge):
    """Keeps what it is asked about."""

    def __init__(self, settings: RiderSettings, look: Callable[[Sequence[int]], Glance | None]) -> None:
        super().__init__(settings, look=look)
        self.asked: list[Seen] = []

    def verdict_on(
        self, evidence: Evidence, parked: BoolArray, look: Callable[[], Glance | None] = nobody_looked
    ) -> Verdict:
        self.asked.append(Seen(evidence, parked, look()))
        return super().verdict_on(evidence, parked, look)


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted of a clip.

    Attributes:
        number: Cyclists.
        expected: By the probabilities.
    """

    number: int
    expected: ExpectedCount


def noted(folder: Path) -> dict[str, list[Seen]]:
    """Clip → evidence of its passages, in the order in which they were decided."""
    settings, found = RiderSettings(), {}
    for seen in read_folder(folder):
        judge = _Noting(settings, seen.look)
        judge_seen(seen, judge, settings, TrackerSettings.model_validate({}))
        found[seen.name] = judge.asked
    return found


def count(passages: Sequence[Seen], settings: RiderSettings) -> Counted:
    """Judge the passages of a clip anew."""
    judge = PassageJudge(settings)
    verdicts = [judge.verdict_on(one.evidence, one.parked, lambda one=one: one.glance) for one in passages]
    return Counted(
        sum(one.is_cyclist for one in verdicts), ExpectedCount.of(one.probability for one in verdicts)
    )


def variations(by: str) -> Iterator[tuple[str, RiderSettings, Mapping[str, object]]]:
    """Name, settings and constants of the code, one constant changed at a time."""
    base = RiderSettings.model_validate({"judge": {"by": by}})
    for key in LIMITS[by]:
        for factor in FACTORS:
            value = getattr(base.judge, key) * factor
            changed = base.judge.model_copy(update={key: value})
            yield f"{key} x {factor:.2f}", base.model_copy(update={"judge": changed}), {}
    for parts in (measuring.PARTS - 1, measuring.PARTS + 1):
        yield f"PARTS {parts}", base, {"PARTS": parts}
    if by == "limits":
        return
    for factor in FACTORS:
        yield f"LEAST_WAY x {factor:.2f}", base, {"LEAST_WAY": learnt.LEAST_WAY * factor}
        for name in RANGES:
            ends = getattr(learnt, name)
            yield f"{name} least x {factor:.2f}", base, {name: (ends[0] * factor, ends[1])}
            yield f"{name} most x {factor:.2f}", base, {name: (ends[0], ends[1] * factor)}


def main() -> None:
    """Count, change, count again."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="clips that the detector looked at")
    parser.add_argument("--by", choices=list(LIMITS), default="learnt")
    asked = parser.parse_args()
    clips = noted(asked.folder)
    base = RiderSettings.model_validate({"judge": {"by": asked.by}})
    before = {name: count(passages, base) for name, passages in clips.items()}
    riders = {clip.name: clip.cyclists for clip in CLIPS}
    for name, one in before.items():
        likely = one.expected
        told = f"{likely.mean:.1f} ({likely.low} to {likely.high}) expected"
        print(f"{name}: {one.number} of {riders.get(name, 0)}; {told}")
    off = sum(abs(one.number - riders.get(name, 0)) for name, one in before.items())
    print(f"off by {off} on {len(before)} clips")
    worst = 0
    for name, settings, constants in variations(asked.by):
        with _changed(constants):
            now = {clip: count(passages, settings) for clip, passages in clips.items()}
        moved = {clip: now[clip].number - before[clip].number for clip in clips}
        changed = sum(abs(one) for one in moved.values())
        worst = max(worst, changed)
        told_moves = ", ".join(f"{clip} {one:+d}" for clip, one in moved.items() if one)
        print(f"{name}: {changed} counts changed {told_moves}".rstrip())
    print(f"at most {worst} counts changed by one constant")


@contextmanager
def _changed(constants: Mapping[str, object]) -> Iterator[None]:
    """The code with other constants."""
    with ExitStack() as stack:
        for name, value in constants.items():
            for module in (learnt, limits, measuring):
                if hasattr(module, name):
                    stack.enter_context(patch.object(module, name, value))
        yield


if __name__ == "__main__":
    main()
