"""Training of the shipped cyclist detector: simulated frames beside real ones, in one command."""
