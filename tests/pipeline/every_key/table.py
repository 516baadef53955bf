"""Every key of ``config.yaml``: another value, and who sees the difference."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.pipeline.every_key import of_crops, of_detectors, of_journeys, of_riders, of_runs
from tests.pipeline.every_key.bench import Observer, or_refusal


@dataclass(frozen=True)
class Case:
    """How a key is observed.

    Attributes:
        value: Another value than the default.
        observe: Sees what the program does.
        beside: Other keys that are edited in both runs, where the key counts only with them.
    """

    value: Any
    observe: Observer
    beside: Mapping[str, Any] = field(default_factory=dict)


def _group(
    prefix: str, observe: Observer, values: Mapping[str, Any], **beside: Any
) -> Iterator[tuple[str, Case]]:
    others = {key.replace("__", "."): value for key, value in beside.items()}
    for key, value in values.items():
        yield f"{prefix}{key}", Case(value, observe, others)


_DETECTORS = (
    *_group("detector.", of_detectors.boxes, {"name": "motion"}),
    *_group(
        "detector.",
        of_detectors.boxes,
        {"weights": "two.onnx"},
        detector__name="onnx",
        detector__weights="one.onnx",
    ),
    *_group(
        "detector.",
        or_refusal(of_detectors.boxes),
        {
            "score_threshold": 0.85,
            "nms_iou": 0.99,
            "max_detections": 1,
            "input_size": 128,
            "head": "end_to_end",
            "classes": ["bicycle"],
            "runtime": "torch",
        },
        detector__name="one.onnx",
    ),
    *_group(
        "detector.",
        or_refusal(of_detectors.boxes),
        {"class_names": ["person", "bicycle"]},
        detector__name="unnamed.onnx",
    ),
    *_group(
        "detector.",
        of_detectors.pictures_per_call,
        {"batch": 3},
        detector__name="one.onnx",
        detector__second_look=False,
    ),
    *_group("detector.", of_detectors.sessions, {"device": "cuda", "threads": 3}, detector__name="one.onnx"),
    *_group(
        "detector.",
        of_detectors.sessions,
        {"tensorrt": True},
        detector__name="one.onnx",
        detector__device="cuda",
    ),
    *_group(
        "detector.",
        of_detectors.looks,
        {
            "second_look": False,
            "closer_look.small": 0.01,
            "closer_look.min_score": 0.5,
            "closer_look.view": 0.3,
            "closer_look.one_in": 4,
        },
        detector__name="one.onnx",
        detector__closer_look__clear_score=0.5,
        detector__closer_look__one_in=1,
    ),
    *_group(
        "detector.closer_look.",
        of_detectors.looks,
        {"clear_score": 0.5, "whole_cyclists": True},
        detector__name="one.onnx",
        detector__closer_look__one_in=1,
    ),
    *_group("detector.tiling.", of_detectors.looks, {"rows": 2, "columns": 2}, detector__name="one.onnx"),
    *_group(
        "detector.tiling.",
        of_detectors.looks,
        {"overlap": 0.4, "whole_frame": False},
        detector__name="one.onnx",
        detector__tiling__rows=2,
    ),
    *_group(
        "detector.motion.",
        of_detectors.motion,
        {
            "process_height": 180,
            "history_frames": 10,
            "warmup_frames": 30,
            "contrast": 400.0,
            "ignore_shadows": False,
            "min_height": 0.3,
            "min_area": 0.05,
            "join_gap": 0.0,
            "largest_change": 0.001,
        },
        detector__name="motion",
    ),
)
_RIDERS = (
    *_group("rider.", of_riders.passages, {"policy": "person_in_roi"}),
    *_group(
        "rider.association.",
        of_riders.passages,
        {
            "min_person_score": 0.6,
            "min_bicycle_score": 0.4,
            "duplicate_overlap": 0.3,
            "part_overlap": 0.99,
            "part_score": 0.1,
            "misnamed_overlap": 0.2,
            "max_offset": 0.1,
            "slack": 3.0,
            "max_feet": 0.1,
            "min_height_ratio": 1.5,
            "max_height_ratio": 1.0,
        },
    ),
    *_group(
        "rider.judge.",
        of_riders.passages,
        {
            "by": "limits",
            "min_seen_s": 2.0,
            "min_displacement": 3.0,
            "min_growth": 1.01,
            "walking_speed": 1.5,
            "running_speed": 5.0,
            "max_speed": 2.5,
            "bicycle_walking": 0.6,
            "bicycle_running": 0.5,
            "max_motor_ratio": 0.1,
            "min_footing": 0.6,
            "min_person_share": 0.9,
            "side_view_aspect": 5.0,
            "same_place": 0.05,
            "max_rows": 20,
        },
    ),
    *_group(
        "rider.stitch.",
        of_riders.passages,
        {
            "max_gap_s": 0.2,
            "max_passage_s": 1.0,
            "fit_s": 0.2,
            "reach_per_s": 5.0,
            "max_size_ratio": 1.01,
            "touching": 0.9,
            "min_together": 0.05,
            "same_person": 0.1,
            "max_two_persons": 1.0,
        },
    ),
    *_group(
        "tracker.",
        of_riders.passages,
        {
            "preset": "thesis",
            "mode": "literal",
            "classes": [0],
            "min_score": 0.7,
            "extend_score": 0.34,
            "max_aspect": 0.6,
            "min_width_px": 40.0,
            "min_height_share": 0.08,
            "expiry_s": 0.3,
            "min_pickup_s": 3.0,
            "max_age_s": 3.0,
            "iou_min": 0.6,
            "iou_max": 0.5,
            "iou_kalman": 0.5,
            "naive_max_dt_s": 0.05,
            "stationary_window_s": 0.0,
            "reach_speed": 0.0,
            "reach_max": 0.1,
            "measurement_noise": 0.5,
            "acceleration_noise": 0.1,
            "initial_speed_noise": 0.1,
        },
    ),
    *_group(
        "rider.judge.",
        of_riders.passages,
        {"whole_walking": 0.7, "whole_running": 0.6, "max_on_foot_ratio": 0.1},
        rider__judge__by="limits",
    ),
    *_group("rider.", of_riders.classifier, {"classifier": "none"}),
    *_group(
        "rider.judge.",
        of_riders.passages_of("somebody in a car"),
        {"max_enclosed": 1.0},
        rider__policy="person_in_roi",
    ),
    *_group("rider.judge.", of_riders.passages_of("something moves"), {"max_moving_aspect": 0.5}),
    *_group(
        "rider.judge.",
        of_riders.passages_of("a runner along a rack"),
        {"parked_share": 0.9, "history_s": 0.5},
    ),
    *_group("rider.stitch.", of_riders.passages_of("a rider behind a van"), {"max_speed_change": 0.001}),
    *_group(
        "rider.stitch.",
        of_riders.passages_of("a rider behind a van"),
        {"reach": 0.001},
        rider__stitch__reach_per_s=0.0,
    ),
    *_group("tracker.", of_riders.passages_of("a crowd"), {"assignment": "greedy"}),
    *_group("tracker.", of_riders.passages_of("one leaves and one comes"), {"turn_speed": 0.0}),
    *_group("tracker.", of_riders.passages, {"literal_seed": True}, tracker__mode="literal"),
    *_group(
        "tracker.",
        of_riders.passages,
        {"literal_track_limit": 5, "iou_prefilter": 0.6},
        tracker__mode="literal",
        tracker__literal_seed=True,
    ),
)
_CROPS = (
    *_group(
        "anonymize.",
        of_crops.blurred,
        {"when": "source", "method": "gaussian", "region": "face", "kernel": "thesis9"},
    ),
    *_group("anonymize.", of_crops.blurred, {"largest_rider": 1.0}, anonymize__when="source"),
    *_group("anonymize.", of_crops.blurred, {"face_model": "faces.onnx"}, anonymize__region="face"),
    *_group(
        "anonymize.",
        of_crops.blurred,
        {"face_score": 0.9},
        anonymize__region="face",
        anonymize__face_model="faces.onnx",
    ),
    *_group("encoder.", of_crops.embedded, {"name": "colour_stripes", "weights": "fixed.onnx"}),
    *_group("encoder.", or_refusal(of_crops.embedded), {"input_size": [32, 16]}, encoder__name="tiny.onnx"),
    *_group(
        "encoder.",
        or_refusal(of_crops.embedded),
        {"mean": [0.1, 0.2, 0.3], "std": [0.1, 0.2, 0.3], "runtime": "torch"},
        encoder__name="fixed.onnx",
    ),
    *_group("encoder.", of_crops.crops_per_call, {"batch": 3}, encoder__name="fixed.onnx"),
    *_group(
        "encoder.", of_crops.encoder_sessions, {"device": "cuda", "threads": 3}, encoder__name="fixed.onnx"
    ),
    *_group(
        "encoder.", of_crops.crops_of_passages, {"crops_per_tracklet": 2}, encoder__name="colour_stripes"
    ),
)
_MATCHING = (
    *_group(
        "matching.",
        of_journeys.journeys,
        {
            "method": "threshold",
            "threshold": 0.3,
            "max_travel_s": 200.0,
            "slowest_kmh": 12.0,
            "fastest_kmh": 18.0,
            "detour_factor": 2.5,
            "view_depth_m": 0.0,
            "commit_lag_s": 3000.0,
            "calibration": {"kind": "logistic", "midpoint": 0.5, "steepness": 5.0},
        },
    ),
    ("matching.learn_threshold", Case(False, of_journeys.threshold_of_the_second_day)),
    ("matching.learn_headings", Case(False, of_journeys.links_of_two_ways)),
    *_group("matching.", of_journeys.journeys_over_links, {"travel_time_weight": 5.0, "usual_kmh": 30.0}),
)
_RUNS = (
    ("database", Case("sqlite:///elsewhere.db", of_runs.databases)),
    *_group("statistics.", of_runs.statistics, {"min_count": 6, "interval": "1h"}),
    ("runtime.engine", Case("processes", of_runs.workers)),
    ("runtime.ray_address", Case("head:6379", of_runs.workers, {"runtime.engine": "ray"})),
    ("runtime.stretch_s", Case(1.0, of_runs.stretches)),
    *_group("attention.", of_runs.looks, {"every_frame": True, "rate": 5.0, "quiet_rate": 4.0}),
    *_group(
        "attention.",
        of_runs.looks,
        {"parts": False, "least_change": 250.0},
        attention__quiet_rate=4.0,
    ),
    ("runtime.max_fps", Case(4.0, of_runs.frames)),
    ("runtime.frames_per_chunk", Case(5, of_runs.chunks)),
    ("runtime.queued_chunks", Case(3, of_runs.chunks_ahead)),
    ("runtime.late_footage", Case("count", of_runs.late_footage)),
    ("runtime.poll_s", Case(7.0, of_runs.looks_apart)),
    ("runtime.settle_s", Case(0.1, of_runs.files_at_rest)),
    ("runtime.patience_s", Case(90.0, of_runs.cameras_awaited)),
    ("runtime.timeout_s", Case(3.0, of_runs.stream_patience)),
    ("runtime.late_s", Case(30.0, of_runs.late_riders)),
)
CASES: tuple[tuple[str, Case], ...] = (*_DETECTORS, *_RIDERS, *_CROPS, *_MATCHING, *_RUNS)
