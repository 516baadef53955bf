"""The cards of the models that counted, as a report tells them."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.registry import ModelCard, find_model, read_card


@dataclass(frozen=True, slots=True)
class UsedModel:
    """A model.

    Attributes:
        name: As the site file or the database has it.
        task: ``detector``, ``classifier`` or ``encoder``.
        card: None where it has none here.
    """

    name: str
    task: str
    card: ModelCard | None


def named_model(name: str, task: str, weights: Path | None = None) -> UsedModel:
    """Look for the card of a model that a site file names; nothing is fetched.

    Args:
        name: Of the registry, or a file.
        task: What it does.
        weights: Its file, where one was named.

    Raises:
        WeightsError: There is a card, and it cannot be read.
    """
    entry = None if weights else find_model(name)
    file = weights or (entry.shipped if entry is not None else Path(name))
    return UsedModel(name, task, None if file is None or not file.suffix else read_card(file))


def stored_encoder(model_id: str) -> UsedModel:
    """Look for the card of an encoder by what the database has of it: its name and the head of its checksum.

    Raises:
        WeightsError: There is a card, and it cannot be read.
    """
    name, _, head = model_id.rpartition("-")
    known = named_model(name, "encoder") if name else None
    card = known.card if known is not None and known.card and known.card.sha256.startswith(head) else None
    return UsedModel(model_id, "encoder", card)
