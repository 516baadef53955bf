"""From boxes of persons and bicycles to counted cyclists.

A cyclist is one object: the rider box and the bicycle box that belong together
(`associate`). Whether a passage was a cyclist riding past is decided over all its boxes
once it has ended, after the pieces into which the tracker may have cut it are joined
(`PassageJudge`):

    judge = PassageJudge(settings)
    for each frame:
        candidates = associate(detections, settings.association)   # then keep those in the ROI
        update = tracker.update(stamp, candidates.detections)
        judged = judge.conclude(update.ended, update.dropped, stamp.time)
        judge.observe(update.assigned, candidates, stamp.time)
    update = tracker.finish()
    judged = judge.finish(update.ended, update.dropped)
"""

from tracking.riders.association import associate
from tracking.riders.candidates import Candidates
from tracking.riders.classifier import CropClassifier, Glance, OnnxClassifier
from tracking.riders.learnt import LearntJudge, judge_checksum, read_judge
from tracking.riders.measuring import Measurements
from tracking.riders.passage import JudgedPassage, PassageJudge
from tracking.riders.reason import Reason
from tracking.riders.settings import AssociationSettings, JudgeSettings, RiderSettings, StitchSettings
from tracking.riders.verdict import Verdict

__all__ = [
    "AssociationSettings",
    "Candidates",
    "CropClassifier",
    "Glance",
    "JudgeSettings",
    "JudgedPassage",
    "LearntJudge",
    "Measurements",
    "OnnxClassifier",
    "PassageJudge",
    "Reason",
    "RiderSettings",
    "StitchSettings",
    "Verdict",
    "associate",
    "judge_checksum",
    "read_judge",
]
