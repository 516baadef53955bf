"""Adapts a detector from beginning to end: the one way of the laboratory to footage."""

from typing import TYPE_CHECKING

from pipeline.registry.known_answer import seal
from workshop.telling import Say, prepare, stages

if TYPE_CHECKING:
    from workshop.adaptation.adapting import Adapted
    from workshop.adaptation.plan import AdaptationPlan
    from workshop.adaptation.teaching import Taught
from workshop.adaptation.description import AdaptationDescription


def adapt_detector(
    plan: "AdaptationPlan", description: "AdaptationDescription", licence: str, say: Say
) -> "Adapted":
    """Let a detector learn on from unlabelled footage, and put a sealed card beside it.

    Args:
        plan: Footage, teachers, start, output.
        description: What is believed, and how long is learned.
        licence: Of the weights, for the card.
        say: Told how far it is.

    Raises:
        UsageError: Packages, footage or teachers are missing, or `output` holds another training.
        WeightsError: A model is missing, or cannot learn on.
        FootageError: A video cannot be opened.
    """
    prepare("pipeline adapt", plan.output)
    from workshop.adaptation.adapting import adapt
    from workshop.adaptation.card import write_adapted_card

    adapted = adapt(plan, description, stages(say))
    write_adapted_card(adapted, plan, description, licence)
    seal(adapted.path)
    return adapted


def look_ahead_of(plan: "AdaptationPlan", description: "AdaptationDescription", say: Say) -> "Taught":
    """Only paint and let the teachers look; see `workshop.adaptation.ahead.look_ahead`."""
    prepare("pipeline adapt", plan.output)
    from workshop.adaptation.ahead import look_ahead

    return look_ahead(plan, description, stages(say))
