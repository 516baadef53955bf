"""Where the built-in threshold of the colour-stripe encoder comes from.

Crops are cut by the true boxes of simulated cities, blurred, embedded and averaged as in a run. Two
passages are a pair when they lie at different cameras and a cyclist could ride from one to the other in
the time between; the threshold is the one of the largest pairwise F1 on the calibration cities. The
other cities report what it gives on unseen riders. Run it again whenever the descriptor changes:

    for s in 101 102 103 104 105; do
        pipeline simulate city_$s --cameras 4 --minutes 4 --riders-per-hour 480 --seed $s
    done
    python benchmarks/colour_stripes_threshold.py city_101 city_102 city_103 --report city_104 city_105
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from anonymize import Anonymizer
from reid.encoders import Encoder, EncoderSettings, average_embeddings, build_encoder
from reid.sampling import CropReservoir
from tracking.arrays import BoolArray, FloatArray, IntArray
from tracking.values import Frame

LONGEST_TRAVEL_S = 300.0
"""Gap between two cameras above which a pair is no candidate; about what links of a street allow."""


@dataclass(frozen=True, slots=True)
class Passages:
    """Embedded passages of one city.

    Attributes:
        rider: (N,) true identities.
        camera: (N,) camera numbers.
        enter: (N,) seconds since the epoch.
        embedding: (N, D) float32 unit norm.
    """

    rider: FloatArray
    camera: FloatArray
    enter: FloatArray
    embedding: FloatArray


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidate pairs of passages.

    Attributes:
        distance: (P,) Euclidean distances of embeddings.
        same: (P,) True where the rider is the same.
    """

    distance: FloatArray
    same: BoolArray

    def quality_at(self, threshold: float) -> tuple[float, float, float]:
        """Precision, recall and F1 when every pair below a threshold counts as the same rider."""
        found = self.distance < threshold
        right = int((found & self.same).sum())
        precision, recall = right / max(1, int(found.sum())), right / max(1, int(self.same.sum()))
        return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)

    def best_threshold(self) -> float:
        """Threshold of the largest F1, midway between the pairs it separates."""
        order = np.argsort(self.distance, kind="stable")
        right = np.cumsum(self.same[order])
        best = int(np.argmax(2 * right / (np.arange(len(order)) + 1 + self.same.sum())))
        return float(self.distance[order[best : best + 2]].mean())


def embed_city(city: Path, encoder: Encoder, crops: int) -> Passages:
    """Embed every passage of a simulated city as a run would, with true boxes for tracks."""
    with (city / "truth" / "passages.csv").open(newline="") as file:
        passages = list(csv.DictReader(file))
    cameras = sorted({row["camera"] for row in passages})
    kept: list[tuple[int, int, float, FloatArray]] = []
    for number, camera in enumerate(cameras):
        riders = {
            int(row["rider"]): float(row["enter_epoch_s"]) for row in passages if row["camera"] == camera
        }
        reservoir = CropReservoir(Anonymizer().crop, crops)
        for frame, ids, boxes in _true_boxes(city, camera, set(riders)):
            reservoir.observe(ids, boxes, frame)
        for rider, enter in riders.items():
            images = [crop.image for crop in reservoir.take(rider)]
            if images:
                kept.append((rider, number, enter, average_embeddings(encoder.encode(images))))
    columns = [np.array(column) for column in zip(*kept, strict=True)]
    return Passages(*columns)


def _true_boxes(city: Path, camera: str, riders: set[int]) -> Iterator[tuple[Frame, IntArray, FloatArray]]:
    by_frame: dict[int, list[list[float]]] = defaultdict(list)
    for line in (city / "truth" / f"boxes_{camera}.txt").read_text().splitlines():
        values = [float(value) for value in line.split(",")]
        if int(values[1]) in riders:
            by_frame[int(values[0])].append(values)
    with av.open(str(city / f"camera_{camera}.mp4")) as container:
        for index, picture in enumerate(container.decode(video=0)):
            rows = np.array(by_frame.get(index + 1, np.zeros((0, 6))))
            if len(rows):
                image = np.asarray(picture.to_ndarray(format="bgr24"), np.uint8)
                boxes = np.hstack([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]]).astype(np.float32)
                yield Frame(camera, "", index, float(picture.time or 0), image), rows[:, 1].astype(int), boxes


def candidate_pairs(city: Passages) -> Pairs:
    """Pairs of one city that a cyclist could have made."""
    gap = np.abs(city.enter[:, None] - city.enter[None, :])
    plausible = (city.camera[:, None] != city.camera[None, :]) & (gap <= LONGEST_TRAVEL_S)
    first, second = np.nonzero(np.triu(plausible, 1))
    distance = np.linalg.norm(city.embedding[first] - city.embedding[second], axis=1)
    return Pairs(distance, city.rider[first] == city.rider[second])


def rank_1(city: Passages) -> float:
    """Share of passages whose nearest passage at another camera is the same rider's."""
    distance = np.sqrt(np.maximum(0, 2 - 2 * city.embedding @ city.embedding.T))
    distance[city.camera[:, None] == city.camera[None, :]] = np.inf
    same = city.rider[:, None] == city.rider[None, :]
    findable = (same & np.isfinite(distance)).any(axis=1)
    return float(same[np.arange(len(distance)), distance.argmin(axis=1)][findable].mean())


def pool(cities: list[Passages]) -> Pairs:
    """Candidate pairs of several cities together."""
    parts = [candidate_pairs(city) for city in cities]
    return Pairs(np.concatenate([p.distance for p in parts]), np.concatenate([p.same for p in parts]))


def main() -> None:
    """Calibrate on some cities, report on others."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("calibrate", nargs="+", type=Path)
    parser.add_argument("--report", nargs="*", type=Path, default=[])
    parser.add_argument("--encoder", default="colour_stripes", help="or the weights of another encoder")
    parser.add_argument("--crops", type=int, default=EncoderSettings().crops_per_tracklet)
    options = parser.parse_args()
    encoder = build_encoder(EncoderSettings(name=options.encoder))
    calibration = [embed_city(city, encoder, options.crops) for city in options.calibrate]
    threshold = pool(calibration).best_threshold()
    print(f"{encoder.model_id}: threshold {threshold:.3f} (built in: {encoder.threshold})")
    reported = [embed_city(city, encoder, options.crops) for city in options.report]
    for name, cities in (("calibration", calibration), ("report", reported)):
        if cities:
            pairs = pool(cities)
            precision, recall, f1 = pairs.quality_at(threshold)
            print(
                f"{name}: {sum(len(c.rider) for c in cities)} passages, {int(pairs.same.sum())} true of "
                f"{len(pairs.same)} pairs, precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}, "
                f"rank-1 {np.mean([rank_1(c) for c in cities]):.3f}"
            )


if __name__ == "__main__":
    main()
