"""Why a stream could not be opened: what FFmpeg's errors mean, and what they do not."""

import av

from pipeline.sources.report import Unseen
from pipeline.sources.streams.address import StreamAddress
from tracking.errors import FootageError

_REFUSALS = (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError)
"""The only errors that say so: by an answer 401 or 403, RTSP's as well as HTTP's."""


class StreamError(FootageError):
    """A stream that cannot be connected to, or does not go on.

    Attributes:
        reason: Why nothing is seen from now on.
    """

    def __init__(self, sentence: str, reason: Unseen) -> None:
        super().__init__(sentence)
        self.reason = reason


def not_opened(address: StreamAddress, error: Exception, waited_s: float, timeout_s: float) -> StreamError:
    """Tell a wrong password from everything else that keeps a stream from being opened.

    A camera that is taken for one that refuses its password is left alone for a minute, and somebody looks
    for a password that is right.

    Args:
        address: Of the stream.
        error: What PyAV raised.
        waited_s: Seconds that it took.
        timeout_s: Seconds that it may take.
    """
    name = address.name
    if isinstance(error, _REFUSALS):
        said = f"{name}: access was refused ({error.strerror}); check user and password"
        return StreamError(said, Unseen.NOT_ADMITTED)
    if isinstance(error, PermissionError) and address.format is not None:
        said = f"{name}: the user of this program may not open the device; add it to the group of the device"
    elif isinstance(error, av.error.ExitError) or waited_s >= timeout_s:
        # The end of a wait is told as data that are not valid, or as -1, where an answer was being read.
        said = f"{name}: no answer within {timeout_s:g} s"
    elif isinstance(error, PermissionError):
        # FFmpeg's RTSP fails with a bare -1 where PLAY has no answer, and that is the number of EPERM.
        said = f"{name}: cannot be opened (the answer broke off, or makes no sense)"
    else:
        # Their own text names the address with all that it holds.
        why = getattr(error, "strerror", None) or "the address cannot be read"
        said = f"{name}: cannot be opened ({why})"
    return StreamError(said, Unseen.UNREACHABLE)
