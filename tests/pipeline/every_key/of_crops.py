"""What becomes of a rider's picture: blurred, embedded, averaged."""

from typing import Any

import numpy as np

from anonymize import Anonymizer
from flows.values import Sighting
from pipeline.cameras import detectors
from pipeline.cameras.opening import crop_blur
from pipeline.configuration import load_configuration
from pipeline.ledger import Wishes
from pipeline.runner import run_site
from pipeline.runner.prepare import load_encoder
from pipeline.stages import Passage, SightingMaker
from reid.encoders import onnx as onnx_encoder
from tests.pipeline.colour_detector import ColourDetector
from tests.pipeline.every_key.bench import Bench
from tests.reid.encoders.conftest import write_network
from tracking.arrays import Image


def crops() -> list[Image]:
    """Twenty pictures without any pattern."""
    dice = np.random.default_rng(11)
    return [dice.integers(0, 256, (96 + index, 48, 3), np.uint8) for index in range(20)]


def blurred(bench: Bench) -> object:
    """The bytes of a crop and of a frame as anything but the tracker gets to see them."""
    bench.patch.setattr("anonymize.anonymizer.FaceFinder", _NoFaces)
    for name in ("faces.onnx", "others.onnx"):
        (bench.folder / name).write_bytes(b"weights")
    settings = bench.load().cameras[0].anonymize
    (crop, frame, *_) = crops()
    shown = Anonymizer(settings).frame(frame) if settings.when == "source" else frame
    return crop_blur(settings)(crop).tobytes(), shown.tobytes(), _NoFaces.asked


class _NoFaces:
    """Stands for the face model of OpenCV: finds one face where the model or the score says so."""

    asked: object = None

    def __init__(self, weights: object, score: float) -> None:
        type(self).asked = (str(weights), score)

    def find(self, image: Image) -> tuple[object, ...]:
        return ()


def embedded(bench: Bench) -> object:
    """The embeddings of the crops."""
    write_network(bench.folder / "tiny.onnx", ("n", 3, "h", "w"))
    write_network(bench.folder / "fixed.onnx")
    encoder = load_encoder(bench.load())
    return encoder.model_id, np.round(encoder.encode(crops()), 4).tolist()


def crops_per_call(bench: Bench) -> object:
    """How many crops the network is given at a time."""
    write_network(bench.folder / "fixed.onnx")
    sizes: list[int] = []
    run = onnx_encoder.OnnxEncoder._run

    def spy(self: Any, some: list[Image]) -> np.ndarray:
        sizes.append(len(some))
        return run(self, some)

    bench.patch.setattr(onnx_encoder.OnnxEncoder, "_run", spy)
    load_encoder(bench.load()).encode(crops())
    return sizes


def encoder_sessions(bench: Bench) -> object:
    """What ONNX Runtime is asked for: threads and provider, on a machine that has all of them."""
    import onnxruntime

    write_network(bench.folder / "fixed.onnx")
    asked: list[object] = []
    real = onnxruntime.InferenceSession
    everything = ["CUDAExecutionProvider", "CPUExecutionProvider"]

    class Session(real):  # type: ignore[misc, valid-type]
        def __init__(self, path: str, options: Any, providers: list[str]) -> None:
            asked.append((options.intra_op_num_threads, providers))
            super().__init__(path, options, providers=["CPUExecutionProvider"])

        def get_providers(self) -> list[str]:
            return everything

    bench.patch.setattr(onnxruntime, "InferenceSession", Session)
    bench.patch.setattr(onnxruntime, "get_available_providers", lambda: everything)
    load_encoder(bench.load())
    return asked


def crops_of_passages(bench: Bench) -> object:
    """How many crops a run keeps of each passage."""
    bench.film()
    bench.patch.setattr(detectors, "build_detector", lambda settings: ColourDetector())
    counts: list[int] = []
    make = SightingMaker.make

    def spy(self: SightingMaker, passage: Passage) -> Sighting:
        counts.append(len(passage.tracklet.crops))
        return make(self, passage)

    bench.patch.setattr(SightingMaker, "make", spy)
    run_site(
        load_configuration(bench.site, {"database": str(bench.folder / "crops.db")}), wishes=Wishes(True)
    )
    return counts
