"""Learn the judge of passages: look, collect, learn.

    python -m workshop.judge look --data DIR --work WORK      the detector looks, hours on two busy cores
    python -m workshop.judge collect --work WORK              the table of passages, from what it said
    python -m workshop.judge learn --output FILE.json         weights and card, from the table

``look`` goes on where it was interrupted. WORK holds boxes, scores and times, never a picture. DIR holds the
folders ``video`` and ``detection`` of real footage.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib.resources import files
from pathlib import Path

import cv2

from pipeline.cameras import DetectorShelf
from tracking.arrays import Image
from tracking.detectors import DetectorSettings
from tracking.errors import UsageError
from tracking.riders import PassageJudge, Reason, RiderSettings
from tracking.riders.learnt import PACKAGED
from tracking.tracklets import TrackerSettings
from workshop.judge.card import card_of, write_judge
from workshop.judge.clips import real_clips
from workshop.judge.footage import look_at_footage
from workshop.judge.learn import learn
from workshop.judge.passages import judge_seen, who_passed, who_was_sighted
from workshop.judge.seen import Seen, read_folder
from workshop.judge.settings import WorldSettings
from workshop.judge.simulated import look_at_worlds
from workshop.judge.table import PASSAGES, Row, marked_riders, read_table, row_of, write_table

SEEDS = {"learn": 5000, "held": 5900}
"""First seeds of the simulated streets to learn from, and of those held back."""
WORLDS = {"learn": 6, "held": 4}
_EMPTY = "detection/london_jamcams"
_STREETS = "detection/backgrounds"
_VIDEO = "video"


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("step", choices=["look", "collect", "learn"])
    parser.add_argument(
        "--data", type=Path, help="of look: folder of real footage; without it only simulated"
    )
    parser.add_argument("--work", type=Path, default=Path("judge"), help="folder of what was seen")
    parser.add_argument("--table", type=Path, help="table of passages; that of the package if not given")
    parser.add_argument("--output", type=Path, help=f"of learn; {PACKAGED.name} of the package if not given")
    asked = parser.parse_args()
    if asked.step == "look":
        look(asked.work, asked.data)
    elif asked.step == "collect":
        table = asked.table or Path(str(files("workshop.judge") / PASSAGES))
        write_table(collect(asked.work), table)
        print(table)
    else:
        rows = read_table(asked.table)
        judge = card_of(learn([one for one in rows if one.source != "held"]), rows)
        write_judge(judge, asked.output or PACKAGED)
        for one in judge.quality:
            print(f"{one.measure}: {one.value:g} ({one.data})")


def look(work: Path, data: Path | None) -> None:
    """Let the detector of the package look at everything that was not looked at yet."""
    if data is not None:
        for clip in real_clips():
            footage = data / _VIDEO / clip.files
            _keep(
                work / "clip" / f"{clip.name}.npz",
                partial(look_at_footage, clip.name, footage, timed=clip.timed),
            )
        for file in sorted((data / _EMPTY).glob("*.mp4")):
            _keep(work / "none" / f"{file.stem}.npz", partial(look_at_footage, file.stem, file))
    detector = DetectorShelf().take(DetectorSettings.model_validate({}))
    streets = _streets(data)
    defaults = WorldSettings.model_validate({})
    for source, first in SEEDS.items():
        for number in range(WORLDS[source]):
            one = defaults.only(number, first)
            if len(list((work / source).glob(f"*-{first + number}-*.npz"))) == one.cameras:
                continue
            for seen in look_at_worlds(one, detector, streets):
                seen.write(work / source / f"{seen.name}.npz")


def collect(work: Path) -> Iterator[Row]:
    """Judge all that was seen by the limits, and say what it really was.

    Raises:
        UsageError: Nothing was seen yet.
    """
    riders, settings = RiderSettings(), TrackerSettings.model_validate({})
    marked = marked_riders()
    seen_any = False
    for source in ("learn", "held", "clip", "none"):
        for seen in read_folder(work / source):
            seen_any = True
            passages = judge_seen(seen, PassageJudge(riders), riders, settings)
            passages = [one for one in passages if one.verdict.reason is not Reason.SAME_BICYCLE]
            if seen.truth is not None:
                kinds = who_passed(seen, passages)
            else:
                kinds = who_was_sighted(seen, passages, marked.get(seen.name, {}))
            for kind, passage in zip(kinds, passages, strict=True):
                yield row_of(source, seen.name, kind, passage)
    if not seen_any:
        raise UsageError(
            f"--work: {work} holds nothing that was seen; run `python -m workshop.judge look` first"
        )


def _streets(data: Path | None) -> list[Image]:
    if data is None:
        return []
    return [
        picture
        for file in sorted((data / _STREETS).glob("*.jpg"))
        if (picture := cv2.imread(str(file))) is not None
    ]


def _keep(file: Path, look: Callable[[], Seen]) -> None:
    if not file.is_file():
        look().write(file)
        print(file, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
