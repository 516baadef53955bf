"""Commands of the workshop; `pipeline.commands.app` finds them by name."""
