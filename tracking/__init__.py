"""From frames to the tracklets of one camera."""
