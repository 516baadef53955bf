"""From sightings to journeys, and from journeys to statistics."""
