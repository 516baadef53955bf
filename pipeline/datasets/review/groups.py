"""What a person's answers imply."""

from collections.abc import Iterable, Mapping

from pipeline.datasets.review.answers import Answer, Verdict
from pipeline.datasets.review.proposals import Proposal


class RiderGroups:
    """Passages joined to riders by answers.

    Args:
        cameras: Number of every passage → its camera.
        answers: What is known.
    """

    def __init__(self, cameras: Mapping[int, int], answers: Iterable[Answer]) -> None:
        self._cameras = cameras
        self._root = {number: number for number in cameras}
        given = list(answers)
        for answer in given:
            if answer.verdict is Verdict.SAME:
                roots = sorted((self.rider(answer.first), self.rider(answer.second)))
                self._root[roots[1]] = roots[0]
        self._apart = {
            frozenset((self.rider(answer.first), self.rider(answer.second)))
            for answer in given
            if answer.verdict is Verdict.DIFFERENT
        }
        self._seen_at: dict[int, set[int]] = {}
        for number, camera in cameras.items():
            self._seen_at.setdefault(self.rider(number), set()).add(camera)

    def rider(self, number: int) -> int:
        """The lowest number among the passages of the same rider."""
        while self._root[number] != number:
            number = self._root[number]
        return number

    def settles(self, proposal: Proposal) -> bool:
        """Whether the answers leave nothing to ask about a pair.

        It is settled if both are one rider already, if passages of the two were told apart, or if both
        riders were seen at the same camera: nobody passes a camera twice in a few minutes, but for those
        who turn back, who then count as two riders.
        """
        first, second = self.rider(proposal.first), self.rider(proposal.second)
        return (
            first == second
            or frozenset((first, second)) in self._apart
            or bool(self._seen_at[first] & self._seen_at[second])
        )
