"""The entry hall: command line, configuration, video sources, the stage chain, runners and telemetry."""
