"""The mistakes that the program explains in one sentence instead of a traceback.

They live in the lowest package so that every other package may raise them.
"""


class FietsflowError(Exception):
    """A failure with a message meant for the person at the keyboard."""

    exit_code = 1


class UsageError(FietsflowError):
    """Wrong usage or configuration: file, key, what is wrong and what would be right."""

    exit_code = 2


class NoFootageError(UsageError):
    """Footage that is named and is not there: a mistake, or a camera that recorded nothing."""


class UntimedFootageError(UsageError):
    """Footage that does not tell how fast it was recorded, of a camera whose settings do not either."""


class FootageError(FietsflowError):
    """Footage that cannot be opened or decoded at all."""


class WeightsError(UsageError):
    """Model weights that are missing, damaged, or not what their checksum says."""


class DeviceError(UsageError):
    """The requested device or runtime is not there."""


class DatabaseError(FietsflowError):
    """A database that cannot be read or written, or that belongs to another program."""
