"""Why a batch is not taken."""

from tracking.errors import FietsflowError


class ForeignError(FietsflowError):
    """A box spoke of what is not its own."""


class OtherPlaceError(FietsflowError):
    """A batch is not the next one of its series.

    Args:
        received: The last note that the centre has.
    """

    def __init__(self, received: int) -> None:
        super().__init__(f"the last note received is {received}; send what comes behind it")
        self.received = received
