"""The numbers are those of an independent implementation."""

from pathlib import Path

import numpy as np
import pytest

from tests.tracking.mot.streets import ride, spoil, write_mot
from tracking.mot import TrackScores, evaluate_tracks, read_prediction, read_truth

independent = pytest.importorskip("trackers.eval", reason="the package 'trackers' is the second opinion")

WITHIN = 1e-6


def compare(truth: Path, prediction: Path) -> TrackScores:
    """Hold every number of ours against theirs and return ours."""
    ours = evaluate_tracks(read_truth(truth, classes=(1,)), read_prediction(prediction))
    theirs = independent.evaluate_mot_sequence(truth, prediction, metrics=["CLEAR", "HOTA", "Identity"])
    clear, identity, hota = theirs.CLEAR, theirs.Identity, theirs.HOTA
    pairs = {
        "MOTA": (ours.clear.mota, clear.MOTA),
        "MOTP": (ours.clear.motp, clear.MOTP),
        "IDSW": (ours.clear.switches, clear.IDSW),
        "TP": (ours.clear.true_positives, clear.CLR_TP),
        "FN": (ours.clear.false_negatives, clear.CLR_FN),
        "FP": (ours.clear.false_positives, clear.CLR_FP),
        "Frag": (ours.clear.fragments, clear.Frag),
        "MT": (ours.clear.mostly_tracked, clear.MT),
        "PT": (ours.clear.partly_tracked, clear.PT),
        "ML": (ours.clear.mostly_lost, clear.ML),
        "IDF1": (ours.identity.idf1, identity.IDF1),
        "IDP": (ours.identity.precision, identity.IDP),
        "IDR": (ours.identity.recall, identity.IDR),
        "HOTA": (ours.hota.hota, hota.HOTA),
        "DetA": (ours.hota.deta, hota.DetA),
        "AssA": (ours.hota.assa, hota.AssA),
        "AssRe": (float(ours.hota.association_recall.mean()), hota.AssRe),
        "AssPr": (float(ours.hota.association_precision.mean()), hota.AssPr),
        "LocA": (ours.hota.loca, hota.LocA),
    }
    wrong = {name: pair for name, pair in pairs.items() if not np.isclose(*pair, rtol=0, atol=WITHIN)}
    assert not wrong, f"(ours, theirs) differ: {wrong}"
    return ours


@pytest.mark.parametrize("seed", range(12))
def test_random_streets_get_the_same_numbers(tmp_path: Path, seed: int) -> None:
    truth = ride(seed, objects=2 + seed)
    prediction = spoil(truth, seed + 100)
    scores = compare(write_mot(tmp_path / "truth.txt", truth), write_mot(tmp_path / "tracks.txt", prediction))
    assert 0 < scores.hota.hota < 1, f"a case that tells nothing apart: HOTA {scores.hota.hota}"


def test_frames_without_any_prediction_are_treated_alike(tmp_path: Path) -> None:
    truth = ride(3)
    prediction = spoil(truth, 4)
    prediction = prediction[(prediction.frame < 10) | (prediction.frame > 20)]
    compare(write_mot(tmp_path / "truth.txt", truth), write_mot(tmp_path / "tracks.txt", prediction))
