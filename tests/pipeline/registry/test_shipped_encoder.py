"""The encoder in the package: small, readable, and as good as its card says."""

from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import pytest

from anonymize import Anonymizer
from reid.datasets import read_two_cameras
from reid.encoders import Encoder, EncoderSettings, average_embeddings, build_encoder
from reid.encoders.card import ModelCard, checksum, load_card
from reid.retrieval import EmbeddingSet, score_ranking
from reid.retrieval.comparison import Comparison
from reid.retrieval.pairs import PairDistances
from workshop.encoder.links import EmbeddedWorld, network_of
from workshop.encoder.passages import passages_of
from workshop.encoder.pictures import Finish
from workshop.encoder.worlds import SmallWorld

WEIGHTS = Path(str(files("pipeline.registry") / "shipped" / "cyclist_encoder.onnx"))
NEW_SEED = 77_001
"""A seed that neither training nor calibration nor the card's measurements used."""


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return build_encoder(EncoderSettings(name=str(WEIGHTS)))


@pytest.fixture(scope="module")
def card() -> ModelCard:
    found = load_card(WEIGHTS, checksum(WEIGHTS))
    assert found is not None
    return found


def test_it_is_small_and_its_card_tells_what_it_is(card: ModelCard) -> None:
    assert WEIGHTS.stat().st_size < 9_500_000
    assert card.licence == "Apache-2.0"
    assert card.limits
    assert card.seeds
    assert card.command.startswith("pipeline models train cyclist_encoder")
    assert {"rank-1", "mAP", "F1 of links"} <= {one.measure for one in card.quality}


def test_a_rider_seen_in_a_mirror_is_the_same_rider(encoder: Encoder) -> None:
    picture = np.asarray(np.random.default_rng(0).integers(0, 255, (120, 60, 3)), np.uint8)
    one, two = encoder.encode([picture, np.ascontiguousarray(picture[:, ::-1])])
    assert np.linalg.norm(one - two) < 0.05


@pytest.mark.parametrize(("scenario", "least"), [("calm", 0.85), ("clock_offset", 0.8)])
def test_it_links_riders_of_worlds_it_has_never_seen(encoder: Encoder, scenario: str, least: float) -> None:
    world = SmallWorld(scenario=scenario, seed=NEW_SEED, size=(640, 360), cameras=2, duration_s=200)
    passages, finish = tuple(passages_of(world, 3)), Finish(Anonymizer())
    rows = [average_embeddings(encoder.encode(one.finished(finish, world.seed))) for one in passages]
    embedded = EmbeddedWorld(scenario, network_of(world.recording()), passages, np.stack(rows))
    assert encoder.threshold is not None
    score = embedded.score(encoder.threshold)
    assert score.truth >= 3, "the world is empty"
    assert score.f1 >= least, score


def test_it_finds_photographed_riders_again_who_did_not_teach_it(
    encoder: Encoder, card: ModelCard, real_data: Path
) -> None:
    riders = read_two_cameras(real_data / "reid" / "motorcycles_2cam", "motorcycle")
    riders = riders.with_identities(riders.identities[272:322])
    blur = Anonymizer()
    crops = [blur.crop(np.asarray(cv2.imread(str(crop.path)), np.uint8)) for crop in riders.crops]
    cameras = np.array([crop.camera for crop in riders.crops])
    identities = np.array([crop.identity for crop in riders.crops])
    found = EmbeddingSet.of(encoder.encode(crops), identities, cameras, query=cameras == 1)
    comparison = Comparison(found, exclude_same_camera=True)
    ranking, pairs = score_ranking(comparison), PairDistances.of(comparison).at(card.threshold)
    said = {one.measure: one.value for one in card.quality}
    assert ranking.rank1 == pytest.approx(said["rank-1"], abs=0.021)
    assert ranking.mean_average_precision == pytest.approx(said["mAP"], abs=0.02)
    assert pairs.f1 == pytest.approx(said["F1 of pairs at the threshold"], abs=0.03)
