"""Exported networks become encoders, on either runtime, or say in one sentence why not."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import pytest

from reid.encoders import EncoderSettings, build_encoder
from reid.encoders.preprocessing import Preprocessing
from tracking.errors import DeviceError, FietsflowError, WeightsError

Network = Callable[..., Path]
CARD: dict[str, Any] = {
    "input_size": [32, 16],
    "mean": [0.4, 0.5, 0.6],
    "std": [0.2, 0.3, 0.4],
    "metric": "euclidean",
    "threshold": 0.7,
    "precision": 0.9,
    "recall": 0.8,
    "training_data": "random numbers",
    "licence": "Apache-2.0",
}


def write_card(weights: Path, **changes: Any) -> None:
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    card = {key: v for key, v in (CARD | {"sha256": digest} | changes).items() if v is not None}
    weights.with_suffix(".json").write_text(json.dumps(card))


def expected(crop: np.ndarray, kernel: tuple[np.ndarray, np.ndarray], card: dict[str, Any]) -> np.ndarray:
    """The tiny network by hand, for a crop that already has the input's size."""
    rgb = (crop[:, :, ::-1].astype(np.float64) / 255 - card["mean"]) / card["std"]
    padded = np.pad(rgb, ((1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))
    mean = np.maximum(0, np.einsum("hwcij,ocij->hwo", windows, kernel[0]) + kernel[1]).mean(axis=(0, 1))
    return np.asarray(mean / np.linalg.norm(mean))


def test_a_crop_goes_in_as_normalised_rgb_and_comes_out_as_a_unit_vector(
    network: Network, weights_of_convolution: tuple[np.ndarray, np.ndarray]
) -> None:
    weights = network()
    write_card(weights)
    crop = np.random.default_rng(2).integers(0, 256, (32, 16, 3), np.uint8)
    (embedding,) = build_encoder(EncoderSettings(name=str(weights))).encode([crop])
    assert embedding.dtype == np.float32
    np.testing.assert_allclose(embedding, expected(crop, weights_of_convolution, CARD), atol=2e-5)


@pytest.mark.parametrize("shape", [("n", 3, 32, 16), (1, 3, 32, 16), (3, 3, 32, 16), ("n", 3, "h", "w")])
def test_static_and_dynamic_batches_give_the_same_rows(
    network: Network, crops: list[np.ndarray], shape: tuple[int | str, ...]
) -> None:
    encoder = build_encoder(EncoderSettings(name=str(network(shape)), input_size=(32, 16), batch=2))
    together = encoder.encode(crops)
    alone = np.concatenate([encoder.encode([crop]) for crop in crops])
    assert together.shape == (len(crops), encoder.dimension) == (4, 6)
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(("given", "most"), [({}, 4), ({"batch": 3}, 3)])
def test_few_crops_at_once_where_memory_is_scarce(
    network: Network,
    crops: list[np.ndarray],
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, int],
    most: int,
) -> None:
    seen: list[int] = []
    applied = Preprocessing.apply

    def counted(self: Preprocessing, some: Sequence[np.ndarray]) -> np.ndarray:
        seen.append(len(some))
        return applied(self, some)

    monkeypatch.setattr(Preprocessing, "apply", counted)
    build_encoder(EncoderSettings(name=str(network()), input_size=(32, 16), **given)).encode(crops * 3)
    assert max(seen) == most
    assert sum(seen) == 3 * len(crops)


def test_a_graphics_card_gets_many_crops_at_once() -> None:
    assert EncoderSettings(device="cuda").crops_at_once == 64


def test_no_crops_give_no_rows(network: Network) -> None:
    assert build_encoder(EncoderSettings(name=str(network()))).encode([]).shape == (0, 6)


def test_the_id_names_the_file_and_its_content(network: Network) -> None:
    weights = network()
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    assert build_encoder(EncoderSettings(name=str(weights))).model_id == f"tiny-{digest[:8]}"


def test_the_threshold_comes_from_the_card_or_is_unknown(network: Network) -> None:
    weights = network()
    assert build_encoder(EncoderSettings(name=str(weights))).threshold is None
    write_card(weights)
    assert build_encoder(EncoderSettings(name=str(weights))).threshold == 0.7


def test_weights_given_beside_the_name_are_used(network: Network) -> None:
    weights = network()
    for settings, path in (
        (EncoderSettings(name="registered"), weights),
        (EncoderSettings(name="registered", weights=weights), None),
    ):
        assert build_encoder(settings, path).dimension == 6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sha256": "0" * 64}, "its card tiny.json says 000000000000"),
        ({"sha256": "abc"}, "tiny.json: sha256: "),
        ({"threshold": None}, "tiny.json: threshold: Field required"),
        ({"threshold": 2.5}, "tiny.json: threshold: Input should be less than or equal to 2"),
        ({"precision": 90}, "tiny.json: precision: "),
        ({"input_size": [32]}, "tiny.json: input_size.1: Field required"),
        ({"std": [0, 1, 1]}, "tiny.json: std.0: "),
        ({"metric": "cosine"}, "tiny.json: metric: "),
        ({"task": "detector"}, "tiny.json: task: Input should be 'encoder'"),
        ({"colour": "red"}, "tiny.json: colour: Extra inputs"),
        ({"input_size": [64, 32]}, r"encoder.input_size must be .* which is \(32, 16\)"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(network: Network, changes: dict[str, Any], message: str) -> None:
    weights = network()
    write_card(weights, **changes)
    with pytest.raises(WeightsError, match=message):
        build_encoder(EncoderSettings(name=str(weights)))


def test_a_card_that_is_no_json_is_refused(network: Network) -> None:
    weights = network()
    weights.with_suffix(".json").write_text("threshold: 0.7")
    with pytest.raises(WeightsError, match=r"tiny\.json: the file: Invalid JSON"):
        build_encoder(EncoderSettings(name=str(weights)))


@pytest.mark.parametrize("content", [b"", b"this is no network", None], ids=["empty", "text", "cut"])
@pytest.mark.parametrize("runtime", ["onnx", "torch"])
def test_damaged_weights_are_refused(network: Network, content: bytes | None, runtime: str) -> None:
    if runtime == "torch":
        pytest.importorskip("torch")
    weights = network()
    weights.write_bytes(weights.read_bytes()[:200] if content is None else content)
    settings = EncoderSettings.model_validate(
        {"name": str(weights), "runtime": runtime, "input_size": (32, 16)}
    )
    with pytest.raises(WeightsError, match=r"tiny\.onnx is no"):
        build_encoder(settings)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (("n", 1, 32, 16), "are not those of an encoder"),
        (("n", 3, "h", "w"), "which the file does not fix"),
    ],
)
def test_networks_that_are_no_encoders_are_refused(
    network: Network, shape: tuple[int | str, ...], message: str
) -> None:
    weights = network((shape[0], 3, *shape[2:]))
    if shape[1] == 1:
        weights = weights.with_name("face_like.onnx")
        _write_grey_network(weights)
    with pytest.raises(WeightsError, match=message):
        build_encoder(EncoderSettings(name=str(weights)))


def _write_grey_network(path: Path) -> None:
    import onnx
    from onnx import TensorProto, helper

    graph = helper.make_graph(
        [helper.make_node("Flatten", ["image"], ["out"])],
        "grey",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 1, 32, 16])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", 512])],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), str(path))


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"nowhere\.onnx cannot be read \(No such file"):
        build_encoder(EncoderSettings(name=str(tmp_path / "nowhere.onnx")))


@pytest.mark.parametrize("runtime", ["onnx", "torch"])
def test_cuda_that_is_not_there_is_an_error_and_no_silent_cpu(network: Network, runtime: str) -> None:
    if runtime == "torch" and pytest.importorskip("torch").cuda.is_available():
        pytest.skip("this machine has CUDA")
    if runtime == "onnx" and "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("this ONNX Runtime has CUDA")
    settings = EncoderSettings.model_validate(
        {"name": str(network()), "runtime": runtime, "device": "cuda", "input_size": (32, 16)}
    )
    with pytest.raises(DeviceError, match="cuda was asked for, but"):
        build_encoder(settings)


def test_both_runtimes_give_the_same_embeddings(
    network: Network, crops: list[np.ndarray], weights_of_convolution: tuple[np.ndarray, np.ndarray]
) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is an optional extra")
    convolution = torch.nn.Conv2d(3, 6, 3, padding=1)
    with torch.no_grad():
        convolution.weight.copy_(torch.from_numpy(weights_of_convolution[0]))
        convolution.bias.copy_(torch.from_numpy(weights_of_convolution[1]))
    model = torch.nn.Sequential(
        convolution, torch.nn.ReLU(), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten()
    )
    weights = network()
    exported = weights.with_suffix(".pt2")
    batch = ({0: torch.export.Dim.DYNAMIC},)
    program = torch.export.export(model.eval(), (torch.zeros(2, 3, 32, 16),), dynamic_shapes=batch)
    torch.export.save(program, str(exported))
    settings = EncoderSettings(name="tiny", input_size=(32, 16), batch=3)
    by_onnx = build_encoder(settings, weights)
    by_torch = build_encoder(settings.model_copy(update={"runtime": "torch"}), exported)
    assert by_torch.dimension == by_onnx.dimension
    assert by_torch.encode([]).shape == (0, 6)
    np.testing.assert_allclose(by_torch.encode(crops), by_onnx.encode(crops), atol=1e-5)


def test_osnet_tells_real_riders_apart(real_data: Path) -> None:
    encoder = build_encoder(
        EncoderSettings(name=str(real_data / "models" / "osnet_x0_25_msmt17.onnx"), threads=1)
    )
    folder = real_data / "reid" / "motorcycles_2cam"
    riders = sorted({path.name.split("_")[1] for path in folder.glob("*.jpg")})[-20:]
    first, second = (
        encoder.encode([np.asarray(cv2.imread(f"{folder}/motorcycle_{r}_cam{c}.jpg")) for r in riders])
        for c in (1, 2)
    )
    assert (encoder.dimension, encoder.threshold) == (512, None)
    found = (first @ second.T).argmax(axis=1) == np.arange(len(riders))
    assert found.mean() >= 0.85, f"{found.sum()} of {len(riders)} riders found first"


def test_every_refusal_is_one_sentence(tmp_path: Path) -> None:
    for name in ("missing.onnx", "missing.pt2"):
        with pytest.raises(FietsflowError) as refusal:
            build_encoder(EncoderSettings(name=str(tmp_path / name)))
        assert "\n" not in str(refusal.value)
