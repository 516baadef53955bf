"""A person links riders over the cameras: proposals, answers that survive, and the page that asks.

Embeddings stay in memory; what is kept are the answers, as numbers of passages.
"""

from pipeline.datasets.review.answers import Answer, AnswerBook, Verdict
from pipeline.datasets.review.proposals import Proposal, propose
from pipeline.datasets.review.question import Side, riders_to_test, sides_of
from pipeline.datasets.review.server import ReviewServer
from pipeline.datasets.review.session import ReviewSession, open_session

__all__ = [
    "Answer",
    "AnswerBook",
    "Proposal",
    "ReviewServer",
    "ReviewSession",
    "Side",
    "Verdict",
    "open_session",
    "propose",
    "riders_to_test",
    "sides_of",
]
