"""What is to be read: planned footage against the ledger of what was counted, by time per camera.

Pure functions over frozen values; neither footage nor database is opened here.
"""

from pipeline.ledger.choice import Wishes, choose
from pipeline.ledger.decide import decide
from pipeline.ledger.parts import parts_of
from pipeline.ledger.values import Counted, Decision, Fate, Offered, Span, Sweep

__all__ = [
    "Counted",
    "Decision",
    "Fate",
    "Offered",
    "Span",
    "Sweep",
    "Wishes",
    "choose",
    "decide",
    "parts_of",
]
