"""Reads damaged files in a process of its own, which a crash in a library may end.

Whatever is read, the answer is a value or a sentence (`FietsflowError`, `OSError`); anything else is told.
"""

import faulthandler
import resource
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from tests.fuzz.damage import damaged
from tracking.errors import FietsflowError

HANGS_S = 30
"""A file that is read for so long hangs its reader; the machine may be busy."""


def read_site(path: Path) -> None:
    from pipeline.configuration import load_configuration

    load_configuration(path)


def read_boxes(path: Path) -> None:
    from tracking.mot.boxes import read_prediction, read_truth

    read_prediction(path)
    read_truth(path)


def read_truth_folder(path: Path) -> None:
    from flows.accuracy.truth import read_truth

    read_truth(path.parent)


def read_video(path: Path) -> None:
    from pipeline.sources import CameraSource, Footage

    start = datetime(2024, 5, 14, 8, tzinfo=ZoneInfo("UTC"))
    source = CameraSource(Footage("A", (str(path),), ZoneInfo("UTC"), start=start))
    for frame in source.frames():
        assert np.isfinite(frame.time)
    source.reports()


def read_detector(path: Path) -> None:
    from tracking.detectors import DetectorSettings, build_detector

    detector = build_detector(DetectorSettings(name=str(path)))
    detector.detect([np.zeros((64, 64, 3), np.uint8)])


def read_encoder(path: Path) -> None:
    from reid.encoders import EncoderSettings, build_encoder

    settings = EncoderSettings(name=str(path), input_size=(32, 16), mean=(0.5,) * 3, std=(0.5,) * 3)
    build_encoder(settings, path).encode([np.zeros((64, 32, 3), np.uint8)])


def read_card(path: Path) -> None:
    from reid.encoders.card import load_card

    load_card(path.with_suffix(".onnx"), "0" * 64)


READERS: Mapping[str, Callable[[Path], None]] = {
    "site.yaml": read_site,
    "boxes.txt": read_boxes,
    "passages.csv": read_truth_folder,
    "outages.csv": read_truth_folder,
    "video.mp4": read_video,
    "video.mkv": read_video,
    "network.onnx": read_detector,
    "encoder.onnx": read_encoder,
    "card.json": read_card,
}


def main(folder: Path, first: int, count: int, seconds: float, names: list[str]) -> int:
    """Read damaged copies of good files; prints how many, how many wrongly, and the peak of memory in KiB.

    Args:
        folder: Holds the good files; damaged ones are written to a folder in it.
        first: Number of the first damage.
        count: How many of each file.
        seconds: Time for each file; fewer are read where it has passed.
        names: Of the good files, and of their readers.

    Returns:
        How many were told wrongly.
    """
    place = folder / "damaged"
    place.mkdir(exist_ok=True)
    good = {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}
    for name, content in good.items():
        (place / name).write_bytes(content)
    done = bad = 0
    for name in names:
        READERS[name](place / name)
        begin = time.monotonic()
        for number in range(first, first + count):
            if time.monotonic() - begin > seconds:
                break
            (place / name).write_bytes(damaged(good[name], number))
            bad += not _is_answered(name, place / name, number)
            done += 1
        (place / name).write_bytes(good[name])
    print(done, bad, peak_kib())
    return bad


def peak_kib() -> int:
    """Largest memory of this process; `getrusage` tells at least that of the process that began it."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line[:6] == "VmHWM:")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _is_answered(name: str, path: Path, number: int) -> bool:
    """Whether a value or a sentence is the answer; what is not is told."""
    print(f"{name} {number}", file=sys.stderr, flush=True)
    faulthandler.dump_traceback_later(HANGS_S, exit=True)
    try:
        READERS[name](path)
    except (FietsflowError, OSError) as error:
        return bool(str(error))
    except Exception:
        print(f"wrong: {name} {number}", file=sys.stderr)
        traceback.print_exc()
        return False
    finally:
        faulthandler.cancel_dump_traceback_later()
    return True


if __name__ == "__main__":
    where, start, many, time_s, *files = sys.argv[1:]
    sys.exit(min(main(Path(where), int(start), int(many), float(time_s), files), 1))
