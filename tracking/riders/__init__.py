"""From boxes of persons and bicycles to counted cyclists.

A cyclist is one object: the rider box and the bicycle box that belong together
(`associate`). Whether a tracklet was a cyclist who rode past is decided over the whole
tracklet once it has ended (`PassageJudge`).
"""

from tracking.riders.association import Candidates, associate
from tracking.riders.passage import PassageJudge
from tracking.riders.settings import AssociationSettings, JudgeSettings, RiderSettings
from tracking.riders.verdict import Measurements, Reason, Verdict

__all__ = [
    "AssociationSettings",
    "Candidates",
    "JudgeSettings",
    "Measurements",
    "PassageJudge",
    "Reason",
    "RiderSettings",
    "Verdict",
    "associate",
]
