"""Does this machine compute a model right? A picture that every machine can draw, and the answer to it.

``python -m pipeline.registry.known_answer FILE.onnx`` writes checksum and answer into the card beside
a model.
"""

import json
import sys
from pathlib import Path

import numpy as np

from pipeline.registry.entries import read_card
from tracking.arrays import FloatArray
from tracking.detectors.onnx import LOAD_ERRORS, open_session
from tracking.errors import WeightsError
from tracking.files import sha256_of, whole_file
from tracking.model_card import KnownAnswer, card_path

SAMPLES = 24
"""Values taken from the answer, evenly spaced over all of it."""
_DEFAULT_SIDES = (384, 640)
_FLOATS = {"tensor(float)": np.float32, "tensor(float16)": np.float16}


def known_picture(height: int, width: int) -> FloatArray:
    """Draw the picture: waves of several lengths with blocks on them.

    Args:
        height: Pixels.
        width: Pixels.

    Returns:
        (1, 3, height, width) float32 in 0..1.
    """
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float64)
    down, across = rows / height, columns / width
    picture = np.empty((1, 3, height, width), np.float32)
    for channel in range(3):
        waves = np.sin(2 * np.pi * (3 + channel) * across) * np.cos(2 * np.pi * (2 + channel) * down)
        blocks = ((rows // (height / 6) + columns // (width / 10) + channel) % 3) / 2
        picture[0, channel] = 0.35 + 0.2 * waves + 0.25 * blocks
    return picture


def answer_of(weights: Path, input_size: tuple[int, int] | None = None) -> FloatArray:
    """Let a model answer the known picture.

    Args:
        weights: An .onnx file with one picture input.
        input_size: Height and width where the file leaves them open.

    Returns:
        (S,) samples of its first output; of an answer in rows and columns also the largest value of each row.

    Raises:
        WeightsError: It is no such model, or fails.
    """
    session = open_session(weights, threads=1)
    (image,) = inputs if len(inputs := session.get_inputs()) == 1 else (None,)
    if image is None or len(image.shape) != 4 or image.type not in _FLOATS:
        raise WeightsError(f"{weights}: does not take one picture, so it has no known answer")
    fallback = input_size or _DEFAULT_SIDES
    height, width = (
        side if isinstance(side, int) else usual
        for side, usual in zip(image.shape[2:], fallback, strict=True)
    )
    batch = image.shape[0] if isinstance(image.shape[0], int) else 1
    blob = np.repeat(known_picture(height, width), batch, axis=0).astype(_FLOATS[image.type])
    try:
        answer = np.asarray(session.run(None, {image.name: blob})[0], np.float64)[0]
    except LOAD_ERRORS as error:
        raise WeightsError(f"{weights}: fails on the known picture ({str(error)[:200]})") from error
    flat = answer.reshape(-1)
    samples = flat[np.linspace(0, len(flat) - 1, min(SAMPLES, len(flat))).round().astype(int)]
    largest = answer.max(axis=1) if answer.ndim == 2 and len(answer) <= SAMPLES else np.zeros(0)
    return np.concatenate([samples, largest])


def known_answer(weights: Path, input_size: tuple[int, int] | None = None) -> KnownAnswer:
    """What a card records of a model's answer; see `answer_of`."""
    return KnownAnswer(values=tuple(round(float(value), 5) for value in answer_of(weights, input_size)))


def verify_answer(weights: Path) -> bool:
    """Compare a model's answer with the one in its card.

    Returns:
        Whether there was one to compare with.

    Raises:
        WeightsError: The answer is another one, or there is none.
    """
    card = read_card(weights)
    if card is None or card.known_answer is None or weights.suffix != ".onnx":
        return False
    expected = np.array(card.known_answer.values)
    found = answer_of(weights, card.input_size)
    if found.shape != expected.shape:
        raise WeightsError(
            f"{weights}: gives {len(found)} values for the known picture, its card has {len(expected)}"
        )
    off = float((np.abs(found - expected) / (1 + np.abs(expected))).max())
    if not off <= card.known_answer.tolerance:
        raise WeightsError(
            f"{weights}: the file is right, but its answer to the known picture is off by {off:.3g} (allowed "
            f"{card.known_answer.tolerance:g}); this ONNX Runtime computes it wrongly, install another"
        )
    return True


def seal(weights: Path) -> Path:
    """Write a model's checksum and known answer into the card beside it.

    Returns:
        The card.

    Raises:
        WeightsError: There is no card, or no readable one, or the model does not work.
    """
    path = card_path(weights)
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path}: is no readable model card ({error}); write one first") from error
    size = values.get("input_size")
    answer = known_answer(weights, (size[0], size[1]) if size else None)
    values |= {"sha256": sha256_of(weights), "known_answer": answer.model_dump(mode="json")}
    with whole_file(path) as part:
        part.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return path


if __name__ == "__main__":
    for given in sys.argv[1:]:
        print(seal(Path(given)))
