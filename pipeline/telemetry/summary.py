"""The short account at the end of a run, for people and for machines."""

import json
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.screen import new_table
from pipeline.telemetry.stages import Stage


@dataclass(frozen=True, slots=True)
class CameraSummary:
    """What one camera contributed.

    Attributes:
        camera: Camera id.
        frames_read: Frames of its footage that were worked off.
        frames_skipped: Frames left out because their time was unusable.
        observed_s: Seconds of footage really seen.
        cyclists: Sightings of this camera in the database.
        problems: What could not be read, one sentence each.
        files_added: Sources that were counted, or counted further, this time.
        files_known: Sources that were counted before.
        files_left_out: Sources whose time was counted from other sources.
        unread: The camera, or a source of it, could not be read at all.
        looks: Frames that the detector looked at; the others were not worth it.
        stretches_ahead: Stretches of its footage that other workers looked at ahead of its own.
        looks_ahead: Looks that they took off it.
        looks_twice: Looks of theirs that did not serve and were made again.
    """

    camera: str
    frames_read: int
    frames_skipped: int
    observed_s: float
    cyclists: int
    problems: tuple[str, ...]
    files_added: int = 0
    files_known: int = 0
    files_left_out: int = 0
    unread: bool = False
    looks: int = 0
    stretches_ahead: int = 0
    looks_ahead: int = 0
    looks_twice: int = 0


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did and where its time went.

    Attributes:
        site: Site name.
        database: Address of the database, without credentials.
        detector: Name of the detector.
        encoder: Id of the embedding model.
        wall_s: Seconds from start to end.
        stage_s: Seconds of each stage, added up over threads, so they may exceed the wall time.
        cameras: One entry per camera.
        journeys: Journeys in the database.
        linked_journeys: Journeys seen by at least two cameras.
        already_done: True when the database already held this run and nothing was computed.
        publication_changed: True when the site was known and is published in another way from now on.
        notes: Sentences about the run as a whole.
        unlinkable: Riders who left shortly before what was read and cannot be linked with it any more.
    """

    site: str
    database: str
    detector: str
    encoder: str
    wall_s: float
    stage_s: dict[Stage, float]
    cameras: tuple[CameraSummary, ...]
    journeys: int
    linked_journeys: int
    already_done: bool = False
    publication_changed: bool = False
    notes: tuple[str, ...] = ()
    unlinkable: int = 0

    @property
    def unread(self) -> tuple[str, ...]:
        """Cameras that could not be read, in whole or in part."""
        return tuple(camera.camera for camera in self.cameras if camera.unread)

    @property
    def frames_read(self) -> int:
        """Frames of all cameras."""
        return sum(camera.frames_read for camera in self.cameras)

    @property
    def frames_per_s(self) -> float:
        """Frames of all cameras per second of wall time."""
        return self.frames_read / self.wall_s if self.wall_s > 0 else 0.0

    def ms_per_frame(self, stage: Stage) -> float:
        """Milliseconds that a stage took for each frame."""
        return 1000 * self.stage_s[stage] / self.frames_read if self.frames_read else 0.0

    def to_json(self) -> str:
        """The summary as one JSON object."""
        values = asdict(self) | {"frames_read": self.frames_read, "frames_per_s": round(self.frames_per_s, 2)}
        values["stage_s"] = {stage.value: round(seconds, 3) for stage, seconds in self.stage_s.items()}
        values["stage_ms_per_frame"] = {
            stage.value: round(self.ms_per_frame(stage), 3) for stage in self.stage_s
        }
        values["wall_s"] = round(self.wall_s, 3)
        return json.dumps(values, indent=2)


def print_summary(summary: RunSummary, console: Console) -> None:
    """Print the summary as two small tables and the list of problems."""
    if summary.publication_changed:
        console.print(
            f"{summary.site}: {summary.database} publishes this site from now on as statistics.min_count and "
            "statistics.interval say.",
            soft_wrap=True,
            markup=False,
        )
    if summary.already_done:
        console.print(
            f"{summary.site}: {summary.database} already holds this footage; "
            f"nothing {'else ' if summary.publication_changed else ''}to do.",
            soft_wrap=True,
            markup=False,
        )
    else:
        console.print(_stages(summary))
    console.print(_cameras(summary))
    console.print(
        f"{summary.journeys} journeys, {summary.linked_journeys} of them seen by two cameras or more "
        f"→ {summary.database}",
        soft_wrap=True,
        markup=False,
    )
    for camera in summary.cameras:
        if camera.stretches_ahead:
            console.print(_ahead(camera), soft_wrap=True, markup=False, highlight=False)
    for note in summary.notes:
        console.print(note, style="yellow", soft_wrap=True, markup=False, highlight=False)
    for camera in summary.cameras:
        for problem in camera.problems:
            console.print(f"camera {camera.camera}: {problem}", style="yellow", soft_wrap=True, markup=False)


def _ahead(camera: CameraSummary) -> str:
    """Say what others than a camera's own worker have looked at."""
    return (
        f"camera {camera.camera}: {camera.looks_ahead} of {camera.looks} looks were made ahead by other "
        f"workers, in {camera.stretches_ahead} stretches; {camera.looks_twice} were made twice"
    )


def _cameras(summary: RunSummary) -> Table:
    headings = ["new", "known", "double", "frames", "looks", "skipped", "observed", "cyclists"]
    table = new_table(["camera"], headings, f"{summary.site}: cyclists per camera")
    for camera in summary.cameras:
        table.add_row(
            Text(camera.camera),
            str(camera.files_added),
            str(camera.files_known),
            str(camera.files_left_out),
            str(camera.frames_read),
            str(camera.looks),
            str(camera.frames_skipped),
            f"{camera.observed_s:.0f} s",
            str(camera.cyclists),
        )
    return table


def _stages(summary: RunSummary) -> Table:
    title = (
        f"{summary.frames_read} frames in {summary.wall_s:.1f} s ({summary.frames_per_s:.1f} frames/s), "
        f"detector {summary.detector}, encoder {summary.encoder}"
    )
    table = new_table(["stage"], ["seconds", "ms a frame", "of wall time"], title)
    for stage, seconds in summary.stage_s.items():
        share = seconds / summary.wall_s if summary.wall_s > 0 else 0.0
        table.add_row(stage.value, f"{seconds:.2f}", f"{summary.ms_per_frame(stage):.1f}", f"{share:.0%}")
    return table
