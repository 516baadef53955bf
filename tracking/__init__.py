"""From frames to the tracklets of one camera."""

import os

# ONNX Runtime tells its makers of every use, and keeps an identifier of the machine in the home folder,
# unless this is there before it is imported. Every room imports this one before it.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
