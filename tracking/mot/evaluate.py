"""All metric families at once."""

from dataclasses import dataclass

from tracking.mot.boxes import IdentifiedBoxes
from tracking.mot.clear import OVERLAP, ClearScores, clear_scores
from tracking.mot.hota import HotaScores, hota_scores
from tracking.mot.identity import IdentityScores, identity_scores
from tracking.mot.sequence import Sequence


@dataclass(frozen=True, slots=True)
class TrackScores:
    """How well objects were detected and followed.

    Attributes:
        clear: CLEAR MOT.
        identity: IDF1.
        hota: HOTA.
        objects: True objects.
        tracks: Predicted identities.
    """

    clear: ClearScores
    identity: IdentityScores
    hota: HotaScores
    objects: int
    tracks: int


def evaluate_tracks(
    truth: IdentifiedBoxes, prediction: IdentifiedBoxes, overlap: float = OVERLAP
) -> TrackScores:
    """Measure predicted tracks.

    Args:
        truth: True boxes.
        prediction: Predicted boxes.
        overlap: Least IoU of a match, for all but HOTA.
    """
    sequence = Sequence.of(truth, prediction)
    return TrackScores(
        clear_scores(sequence, overlap),
        identity_scores(sequence, overlap),
        hota_scores(sequence),
        len(sequence.truth_boxes),
        len(sequence.predicted_boxes),
    )
