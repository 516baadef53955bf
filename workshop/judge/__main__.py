"""Learn the judge of passages: collect, learn.

    python -m workshop.judge collect --work WORK              the table of passages, from what it said
    python -m workshop.judge learn --output FILE.json         weights and card, from the table

WORK holds boxes, scores and times, never a picture: ``python -m benchmarks.judge_looks`` fills it, because
nothing here may read footage.
"""

import argparse
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from tracking.errors import UsageError
from tracking.riders import PassageJudge, Reason, RiderSettings
from tracking.riders.learnt import PACKAGED
from tracking.tracklets import TrackerSettings
from workshop.judge.card import card_of, write_judge
from workshop.judge.learn import learn
from workshop.judge.passages import judge_seen, who_passed, who_was_sighted
from workshop.judge.seen import read_folder
from workshop.judge.table import PASSAGES, Row, marked_riders, read_table, row_of, write_table

BY_LIMITS = RiderSettings.model_validate({"judge": {"by": "limits"}})


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("step", choices=["collect", "learn"])
    parser.add_argument(
        "--data", type=Path, help="of look: folder of real footage; without it only simulated"
    )
    parser.add_argument("--work", type=Path, default=Path("judge"), help="folder of what was seen")
    parser.add_argument("--table", type=Path, help="table of passages; that of the package if not given")
    parser.add_argument("--output", type=Path, help=f"of learn; {PACKAGED.name} of the package if not given")
    asked = parser.parse_args()
    if asked.step == "collect":
        table = asked.table or Path(str(files("workshop.judge") / PASSAGES))
        write_table(collect(asked.work), table)
        print(table)
    else:
        rows = read_table(asked.table)
        judge = card_of(learn([one for one in rows if one.source != "held"]), rows)
        write_judge(judge, asked.output or PACKAGED)
        for one in judge.quality:
            print(f"{one.measure}: {one.value:g} ({one.data})")


def collect(work: Path) -> Iterator[Row]:
    """Judge all that was seen by the limits, and say what it really was.

    Raises:
        UsageError: Nothing was seen yet.
    """
    riders, settings = BY_LIMITS, TrackerSettings.model_validate({})
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
                yield row_of(source, seen.name, kind, passage, seen.look(passage.members))
    if not seen_any:
        raise UsageError(
            f"--work: {work} holds nothing that was seen; run `python -m benchmarks.judge_looks` first"
        )


if __name__ == "__main__":
    main()
