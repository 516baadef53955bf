"""What a scenario may set."""

from importlib.resources import files
from typing import Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from tracking.errors import UsageError
from tracking.settings import Settings


class DemandSettings(Settings):
    """Who rides, how often and how far."""

    riders_per_hour: float = Field(240, gt=0, description="Riders who enter the network per hour.")
    seen_once_share: float = Field(0.25, ge=0, le=1, description="Share of riders seen by one camera only.")
    leave_share: float = Field(0.15, ge=0, le=1, description="Chance to leave the network after each camera.")
    inbound_share: float = Field(0.5, ge=0, le=1, description="Share of riders in the busier direction.")
    group_share: float = Field(
        0, ge=0, le=1, description="Share of departures that are groups of 2-4 riders."
    )
    turn_back_share: float = Field(0, ge=0, le=1, description="Chance to turn back after a camera.")
    stop_share: float = Field(0.02, ge=0, le=1, description="Chance of a halt between two cameras.")
    stop_mean_s: float = Field(45, gt=0, description="Mean length of such a halt, seconds.")
    wait_in_view_share: float = Field(0, ge=0, le=1, description="Chance to stand still within a view.")
    wait_in_view_s: float = Field(8, gt=0, description="Longest stand within a view, seconds.")
    daily_curve: bool = Field(False, description="Let the demand follow the hours of a working day.")


class TravelSettings(Settings):
    """Where riders can go, how fast they are and what holds them up."""

    bypasses: bool = Field(True, description="Ways round a camera, on which riders pass it unseen.")
    speed_kmh: float = Field(17.5, ge=8, le=40, description="Mean riding speed.")
    speed_spread_kmh: float = Field(2.5, ge=0, le=8, description="Standard deviation between riders.")
    edge_spread: float = Field(0.06, ge=0, le=0.5, description="Log-spread of one rider between streets.")
    red_light_share: float = Field(0.3, ge=0, le=1, description="Chance of a red light between two cameras.")
    red_light_s: float = Field(25, ge=0, description="Longest wait at a red light, seconds.")


class LookSettings(Settings):
    """How much riders differ."""

    look_alike_share: float = Field(0.03, ge=0, le=1, description="Share who look like somebody else.")
    uniform_share: float = Field(0.02, ge=0, le=1, description="Share in the uniform of a delivery firm.")
    dark_share: float = Field(0.2, ge=0, le=1, description="Share of dark or grey garments.")


class VehicleSettings(Settings):
    """What riders ride, where it is no bicycle for one; each counts as one cyclist."""

    cargo_share: float = Field(0, ge=0, le=1, description="Share of riders on cargo bicycles.")
    child_seat_share: float = Field(0, ge=0, le=1, description="Share of riders with a child behind them.")
    tandem_share: float = Field(0, ge=0, le=1, description="Share of riders on tandems.")
    recumbent_share: float = Field(0, ge=0, le=1, description="Share of riders on recumbents.")

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Self:
        total = self.cargo_share + self.child_seat_share + self.tandem_share + self.recumbent_share
        if total > 1 + 1e-9:
            raise ValueError(f"the shares of vehicles add up to {total:g}; all riders together are 1")
        return self


class TrafficSettings(Settings):
    """Everything in the street that is no cyclist; per camera."""

    pedestrians_per_hour: float = Field(20, ge=0, description="Pedestrians on the pavement.")
    crossing_per_hour: float = Field(0, ge=0, description="Pedestrians who walk on the cycle path.")
    pushed_bicycles_per_hour: float = Field(0, ge=0, description="People who push a bicycle on the path.")
    scooters_per_hour: float = Field(0, ge=0, description="Motor scooters on the path.")
    e_scooters_per_hour: float = Field(0, ge=0, description="People who stand on an electric scooter.")
    mopeds_per_hour: float = Field(0, ge=0, description="Mopeds on the path.")
    cars_per_hour: float = Field(30, ge=0, description="Cars on the road beside the path.")
    parked_bicycles: int = Field(2, ge=0, le=12, description="Parked bicycles in view.")
    furniture: int = Field(0, ge=0, le=8, description="Posts and trees between camera and path.")


class PictureSettings(Settings):
    """Light, weather and sensor."""

    light: Literal["day", "night"] = Field("day", description="Daylight, or dark with street lamps.")
    rain: bool = Field(False, description="Rain streaks, dull light and wet ground.")
    view_spread: float = Field(
        1.0, ge=0, le=1, description="0: every camera looks across the street; 1: some look along it."
    )
    exposure_spread: float = Field(
        0.1, ge=0, le=0.4, description="How far exposure and white balance differ between cameras."
    )
    noise: float = Field(1.6, ge=0, le=20, description="Standard deviation of the sensor noise, grey levels.")
    flicker: float = Field(0.01, ge=0, le=0.2, description="Standard deviation of the exposure over time.")
    exposure_s: float = Field(
        0.008, gt=0, le=0.1, description="Exposure time, seconds; sets the motion blur."
    )
    quality: int = Field(24, ge=10, le=40, description="CRF of the H.264 encoder; higher is coarser.")


class RecordingSettings(Settings):
    """What goes wrong in a recorder."""

    clock_error_s: float = Field(0, ge=0, le=60, description="Largest error of a camera's clock, seconds.")
    outages_per_hour: float = Field(0, ge=0, description="Outages of each camera per hour.")
    outage_s: float = Field(20, gt=0, description="Mean length of an outage, seconds.")
    drop_share: float = Field(0, ge=0, lt=1, description="Share of frames that are lost one by one.")
    jitter: float = Field(0, ge=0, lt=0.5, description="Spread of frame times in frame intervals.")


class DetectionSettings(Settings):
    """Errors of the detections that are made without pixels."""

    miss_share: float = Field(0.04, ge=0, lt=0.5, description="Share of wholly visible boxes missed.")
    box_jitter: float = Field(0.02, ge=0, le=0.3, description="Spread of box edges, in box heights.")
    false_boxes: float = Field(0.01, ge=0, le=10, description="Boxes per frame where nothing is.")
    missed_passages: float = Field(0.02, ge=0, lt=1, description="Share of passages not reported.")
    split_passages: float = Field(0.01, ge=0, lt=1, description="Share of passages reported as two.")
    false_passages_per_hour: float = Field(1, ge=0, description="Passages reported where nobody passed.")
    time_error_s: float = Field(0.1, ge=0, le=5, description="Standard deviation of reported times.")
    embedding_size: int = Field(128, ge=8, le=4096, description="Numbers in an embedding.")
    clothes_share: float = Field(
        0.8, ge=0, le=1, description="Share of an embedding that riders in the same clothes have in common."
    )
    separability: float = Field(
        2.0, gt=0, le=1000, description="Length of a rider's own embedding relative to the noise on it."
    )

    def perfect(self) -> "DetectionSettings":
        """The same without any error, and with well-separated embeddings."""
        exact = ("miss_share", "box_jitter", "false_boxes", "missed_passages", "split_passages")
        none = dict.fromkeys((*exact, "false_passages_per_hour", "time_error_s", "clothes_share"), 0.0)
        return self.model_copy(update={**none, "separability": 20.0})


class Scenario(Settings):
    """A named set of circumstances."""

    name: str = Field(description="Name on the command line.")
    description: str = Field(description="One sentence for the help page.")
    demand: DemandSettings = Field(DemandSettings.model_validate({}), description="Riders.")
    travel: TravelSettings = Field(TravelSettings.model_validate({}), description="Travel times.")
    look: LookSettings = Field(LookSettings.model_validate({}), description="Appearance.")
    vehicles: VehicleSettings = Field(VehicleSettings.model_validate({}), description="What riders ride.")
    traffic: TrafficSettings = Field(TrafficSettings.model_validate({}), description="Distractors.")
    picture: PictureSettings = Field(PictureSettings.model_validate({}), description="Picture.")
    recording: RecordingSettings = Field(RecordingSettings.model_validate({}), description="Recorder.")
    detections: DetectionSettings = Field(
        DetectionSettings.model_validate({}), description="Errors of detections without pixels."
    )
    detections_only: bool = Field(False, description="Write detections instead of video.")
    cameras: int | None = Field(None, ge=1, le=200, description="Number of cameras unless asked otherwise.")
    minutes: float | None = Field(None, gt=0, description="Length unless asked otherwise.")

    def adapted(
        self,
        *,
        riders_per_hour: float | None = None,
        detections_only: bool = False,
        perfect: bool = False,
        separability: float | None = None,
    ) -> Self:
        """The scenario with the values that were asked for on the command line."""
        demand = {} if riders_per_hour is None else {"riders_per_hour": riders_per_hour}
        detections = self.detections.perfect() if perfect else self.detections
        apart = {} if separability is None else {"separability": separability}
        return self.model_copy(
            update={
                "demand": self.demand.model_copy(update=demand),
                "detections": detections.model_copy(update=apart),
                "detections_only": self.detections_only or detections_only,
            }
        )


def scenario_names() -> tuple[str, ...]:
    """Names of the scenarios that come with the program, sorted."""
    folder = files("simulation") / "scenarios"
    return tuple(sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml")))


def load_scenario(name: str) -> Scenario:
    """Read one of the scenarios that come with the program.

    Raises:
        UsageError: There is no scenario of that name, or its file is wrong.
    """
    if name not in scenario_names():
        raise UsageError(
            f"--scenario: there is no scenario {name!r}; choose one of {', '.join(scenario_names())}"
        )
    text = (files("simulation") / "scenarios" / f"{name}.yaml").read_text("utf-8")
    try:
        return Scenario.model_validate({"name": name} | yaml.safe_load(text))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"scenarios/{name}.yaml: {key}: {first['msg']}") from error
