"""How the numbers came about, what is kept of whom, and which models counted."""

from pipeline.registry import ModelCard
from web.exhibits import Cell, Table
from web.report.content import Block, Grid, Section, Text
from web.report.look import Look
from web.report.models import UsedModel

_METHOD = ("method_found", "method_linked", "method_ends", "method_missed", "method_time")
"""How it is counted; what stands in the middle is of several cameras."""

_TASKS = {"detector": "task_detector", "classifier": "task_classifier", "encoder": "task_encoder"}
_MEASURES, _LIMITS = 3, 6
"""So many measurements and limits of a card are told; the card has all."""


def method_section(look: Look) -> Section:
    """How the numbers came about."""
    say = look.view.words
    keys = _METHOD if len(look.view.cameras) > 1 else (_METHOD[0], _METHOD[-1])
    sentences = [say(key) for key in keys]
    return Section("method", say("method"), (Text(tuple(sentences), listed=True),))


def privacy_section(look: Look) -> Section:
    """What is kept of whom."""
    say, site = look.view.words, look.view.site
    sentences = [say(key) for key in ("privacy_pictures", "privacy_numbers", "privacy_names")]
    if site is not None and look.view.withholds:
        sentences.append(say("privacy_cells", least=site.min_count))
    else:
        sentences.append(say("privacy_all_shown"))
    return Section("privacy", say("privacy"), (Text(tuple(sentences), listed=True),))


def models_section(look: Look) -> Section:
    """The cards of the models that counted."""
    say = look.view.words
    blocks: list[Block] = [Text((say("models_lead"),))]
    if not any(one.task == "detector" for one in look.models):
        blocks.append(Text((say("detector_unknown"),)))
    for number, one in enumerate(look.models):
        title = f"{say(_TASKS[one.task])}: {one.name}"
        if one.card is None:
            blocks.append(Text((f"{title}. {say('no_card')}",)))
        else:
            blocks.append(Grid(f"model-{number}", title, _card(look, one, one.card)))
    return Section("models", say("models"), tuple(blocks))


def _card(look: Look, model: UsedModel, card: ModelCard) -> Table:
    say = look.view.words
    told = [
        (say("card_description"), card.description),
        (say("card_training_data"), card.training_data),
        *((say("card_quality"), f"{m.measure}: {m.value:g} ({m.data})") for m in card.quality[:_MEASURES]),
        *((say("card_limits"), limit) for limit in card.limits[:_LIMITS]),
        (say("card_licence"), card.licence),
        (say("card_date"), card.date.isoformat() if card.date else ""),
        (say("card_sha256"), card.sha256),
    ]
    rows = tuple((Cell(name, kind="name"), Cell(text)) for name, text in told if text)
    return Table((say("card_of", name=card.name or model.name), say("card_says")), rows)
