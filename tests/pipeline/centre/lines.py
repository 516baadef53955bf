"""A line to a centre without a network between them."""

from collections.abc import Callable

from pipeline.centre import Box, ForeignError, OtherPlaceError, SiteCentre
from pipeline.edge import Batch, WireError
from pipeline.edge.client import Answer, Outcome
from tracking.errors import DatabaseError


class Direct:
    """A line without a network: what is sent is written as JSON, read, and received."""

    def __init__(self, box: Box, centre: Callable[[], SiteCentre]) -> None:
        self.box, self.centre = box, centre
        self.bodies: list[bytes] = []

    def send(self, batch: Batch) -> Answer:
        self.bodies.append(batch.model_dump_json().encode())
        return self.deliver(self.bodies[-1])

    def deliver(self, body: bytes) -> Answer:
        try:
            return Answer(Outcome.RECEIVED, self.centre().receive(self.box, Batch.parse(body)))
        except OtherPlaceError as error:
            return Answer(Outcome.OTHER_PLACE, error.received, str(error))
        except (WireError, ForeignError) as error:
            return Answer(Outcome.REFUSED, sentence=str(error))
        except DatabaseError as error:
            return Answer(Outcome.LATER, sentence=str(error))
