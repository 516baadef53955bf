"""One request, one answer."""

from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pipeline.edge.sink import SinkAddress
from pipeline.edge.wire import Batch
from tracking.errors import UsageError
from tracking.hosts import trust

if TYPE_CHECKING:
    import httpx

CONNECT_S, ANSWER_S = 10.0, 30.0
"""Seconds to wait for a connection, and for an answer."""

LARGEST_ANSWER = 64 * 1024
"""Bytes that are read of an answer."""


class Outcome(StrEnum):
    """What a centre made of a batch."""

    RECEIVED = "received"
    OTHER_PLACE = "other place"
    """The centre has another place in this series of notes than the box thinks."""
    TOO_LARGE = "too large"
    LATER = "later"
    """Nobody answered, or the centre has no time."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a batch.

    Attributes:
        outcome: In one word.
        received: Last note that the centre has; None where it did not say.
        sentence: For people.
        wait_s: How long the centre asks to wait; None where it does not.
    """

    outcome: Outcome
    received: int | None = None
    sentence: str = ""
    wait_s: float | None = None


class CentreLine:
    """Sends batches to one centre.

    Args:
        address: Of the centre.
        token: Of this box; goes into a header and nowhere else.

    Raises:
        UsageError: The library for HTTP is not installed, or the certificates cannot be read.
    """

    def __init__(self, address: SinkAddress, token: str) -> None:
        if find_spec("httpx") is None:
            raise UsageError('--sink: needs httpx; install it with pip install "fietsflow[edge]"')
        import httpx

        self._url = address.url
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._client = httpx.Client(
            headers=headers,
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            verify=trust(address.certificates, "--sink-certificates"),
            follow_redirects=False,
        )

    def send(self, batch: Batch) -> Answer:
        """Send a batch and wait for the answer; what goes wrong is an answer too."""
        import httpx

        try:
            with self._client.stream("POST", self._url, content=batch.model_dump_json()) as response:
                body = b""
                for part in response.iter_bytes():
                    body += part
                    if len(body) > LARGEST_ANSWER:
                        break
                return _read(response, body)
        except httpx.HTTPError as error:
            return Answer(Outcome.LATER, sentence=f"the centre cannot be reached: {_reason(error)}")

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def _reason(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__


def _read(response: "httpx.Response", body: bytes) -> Answer:
    """Make an answer of a response; one that is not a centre's is none of a centre."""
    import json

    try:
        told = json.loads(body)
    except ValueError:
        told = None
    told = told if isinstance(told, dict) else {}
    received = told.get("received")
    received = received if isinstance(received, int) and not isinstance(received, bool) else None
    sentence = str(told.get("error", f"it answers {response.status_code}"))[:500]
    if response.status_code == 200 and received is not None:
        return Answer(Outcome.RECEIVED, received)
    if response.status_code == 409 and received is not None:
        return Answer(Outcome.OTHER_PLACE, received, sentence)
    if response.status_code == 413:
        return Answer(Outcome.TOO_LARGE, sentence=sentence)
    if response.status_code in (408, 425, 429) or response.status_code >= 500:
        return Answer(Outcome.LATER, sentence=f"the centre has no time: {sentence}", wait_s=_wait(response))
    return Answer(Outcome.REFUSED, sentence=f"the centre refuses: {sentence}")


def _wait(response: "httpx.Response") -> float | None:
    try:
        seconds = float(response.headers.get("Retry-After", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None
