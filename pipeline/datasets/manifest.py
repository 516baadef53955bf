"""What a data set says about itself."""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError

from anonymize import AnonymizeSettings
from reid.datasets.parts import Part
from reid.datasets.split import SplitRule
from reid.datasets.tables import PlacedTracklet
from tracking.errors import UsageError
from tracking.settings import Settings

MANIFEST = "manifest.json"


class CameraEntry(Settings):
    """A camera of the set."""

    number: int = Field(ge=1, description="Number in the file names.")
    id: str = Field(description="Id in the site file.")
    sources: tuple[str, ...] = Field(description="Names of its sources; their places are the sequences.")
    observed_s: int = Field(ge=0, description="Seconds of footage.")
    problems: tuple[str, ...] = Field(description="What was wrong with its footage.")
    passages_without_crop: int = Field(ge=0, description="Passages nobody was seen well enough in.")
    anonymize: AnonymizeSettings = Field(description="The blur that every crop has passed.")


class LinkEntry(Settings):
    """When a rider who entered one camera's view may enter that of another."""

    from_camera: int = Field(ge=1, description="Camera number.")
    to_camera: int = Field(ge=1, description="Camera number.")
    earliest_s: float = Field(ge=0, description="Shortest travel time.")
    latest_s: float = Field(ge=0, description="Longest travel time.")


class CountEntry(Settings):
    """Size of a part at one camera, as in Table III of the thesis."""

    part: Part = Field(description="Part of the set.")
    camera: int = Field(ge=1, description="Camera number.")
    identities: int = Field(ge=0, description="Different numbers in the file names.")
    tracklets: int = Field(ge=0, description="Passages.")
    crops: int = Field(ge=0, description="Pictures.")


class Manifest(Settings):
    """Frozen with the set: where it comes from, how it was made, how large it is."""

    format: Literal[1] = Field(default=1, description="Version of this layout.")
    site: str = Field(description="Name of the site.")
    timezone: str = Field(description="Time zone of the site.")
    made_from: Literal["footage", "truth"] = Field(description="Who says where riders are.")
    first_hour: str = Field(description="Hour of the first passage, UTC; empty without passages.")
    last_hour: str = Field(description="Hour of the last passage, UTC; empty without passages.")
    split: str = Field(description="Minutes of training / held out.")
    links: Literal["none", "truth", "review"] = Field(description="Who linked the held-out riders.")
    proposals_unanswered: int = Field(
        default=0, ge=0, description="Proposed links nobody judged; they count as different riders."
    )
    crops_per_tracklet: int = Field(ge=1, description="Most crops of one passage.")
    cameras: tuple[CameraEntry, ...] = Field(description="The cameras, by number.")
    windows: tuple[LinkEntry, ...] = Field(description="Plausible travel times.")
    counts: tuple[CountEntry, ...] = Field(description="Sizes, by part and camera.")
    parameters: dict[str, Any] = Field(description="Effective settings, without places of footage.")

    @property
    def rule(self) -> SplitRule:
        """The split as a rule."""
        return SplitRule.parse(self.split)

    def camera(self, number: int) -> CameraEntry:
        """The camera of a number."""
        return self.cameras[number - 1]

    def to_text(self) -> str:
        """As JSON."""
        return self.model_dump_json(indent=2) + "\n"

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the manifest of a set.

        Raises:
            UsageError: It is missing or damaged.
        """
        path = folder / MANIFEST
        if not path.is_file():
            raise UsageError(
                f"{folder}: holds no {MANIFEST}; name a folder that `pipeline dataset build` wrote"
            )
        try:
            return cls.model_validate_json(path.read_bytes())
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise UsageError(f"{path}: {place or 'the file'}: {first['msg']}; build the set again") from error


def count(placed: tuple[PlacedTracklet, ...], cameras: int) -> tuple[CountEntry, ...]:
    """Measure every part at every camera; empty ones are left out."""
    entries = []
    for part in Part:
        for camera in range(1, cameras + 1):
            found = [one for one in placed if one.part is part and one.stored.camera == camera]
            if found:
                entries.append(
                    CountEntry(
                        part=part,
                        camera=camera,
                        identities=len({one.identity for one in found}),
                        tracklets=len(found),
                        crops=sum(len(one.stored.crops) for one in found),
                    )
                )
    return tuple(entries)
