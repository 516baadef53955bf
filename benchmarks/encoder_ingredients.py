"""What the recipe of the shipped encoder is made of, to leave things out."""

from dataclasses import dataclass

from reid.models.settings import BotSettings
from workshop.encoder.recipe import EncoderRecipe


@dataclass(frozen=True, slots=True)
class Ingredients:
    """A recipe with something left out.

    Attributes:
        simulated: Whether simulated riders teach.
        real: Whether photographed riders teach.
        start: What the network begins with.
        sharp: Only sharp pictures teach.
        losses: How many of the recipe's losses take part, in their order.
        trained: False for the network as it begins.
    """

    simulated: bool = True
    real: bool = True
    start: str = "imagenet"
    sharp: bool = False
    losses: int = 3
    trained: bool = True

    def recipe(self, whole: EncoderRecipe) -> EncoderRecipe:
        """The recipe without what is left out."""
        objective = whole.objective.model_copy(update={"losses": whole.objective.losses[: self.losses]})
        model: BotSettings = whole.model
        if self.start == "random":
            model = model.model_copy(update={"frozen_convolutions": 0})
        stages = whole.stages if self.simulated else whole.stages[-1:]
        stages = stages if self.real else stages[:1]
        return whole.model_copy(
            update={"objective": objective, "model": model, "start": self.start, "stages": stages}
        )


INGREDIENTS = {
    "ImageNet, not trained": Ingredients(trained=False),
    "ImageNet, real riders": Ingredients(simulated=False),
    "ImageNet, simulated riders": Ingredients(real=False),
    "random start, simulated, then real riders": Ingredients(start="random"),
    "ImageNet, simulated, then real riders, sharp pictures only": Ingredients(sharp=True),
    "ImageNet, simulated, then real riders, cross-entropy only": Ingredients(losses=1),
    "ImageNet, simulated, then real riders, cross-entropy and triplets": Ingredients(losses=2),
    "the recipe: ImageNet, simulated, then real riders, three losses": Ingredients(),
}
