"""A site at work, whose run comes as far as it is told."""

from flows.database import FlowStore
from tests.flows.written import MORNING, describe, seen


class Street:
    """A site at work: cameras A and B, and riders when they are asked for."""

    def __init__(self, store: FlowStore, **options: object) -> None:
        self.store = store
        self.run = store.begin_run(describe(cameras="AB", **options)).run_id

    def come(self, until_s: float, *riders: tuple[str, float]) -> None:
        """The run has come so far; riders by camera and moment."""
        for camera in "AB":
            own = [seen(self.run, one, MORNING + at) for one, at in riders if one == camera]
            self.store.save_progress(self.run, camera, own, [(MORNING, MORNING + until_s)], "on the way")
        self.store.save_matching(self.run, MORNING + until_s, (), (), forget_before=MORNING)
