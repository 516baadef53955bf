"""What a run is told: defaults, overridden by the site file, overridden by the command line.

The sections are the settings models that the other packages own; this room lays the layers over
each other, checks what has to fit together, and says in one sentence what is wrong and where.
"""

from pipeline.configuration.editing import edited_file, put_values, yaml_block
from pipeline.configuration.layers import parse_assignments
from pipeline.configuration.loading import load_configuration, load_defaults
from pipeline.configuration.printing import effective_values, to_yaml
from pipeline.configuration.settings import Defaults, RuntimeSettings, StatisticsSettings
from pipeline.configuration.site import CameraSettings, Configuration
from pipeline.configuration.survey import CameraSurvey, survey

__all__ = [
    "CameraSettings",
    "CameraSurvey",
    "Configuration",
    "Defaults",
    "RuntimeSettings",
    "StatisticsSettings",
    "edited_file",
    "effective_values",
    "load_configuration",
    "load_defaults",
    "parse_assignments",
    "put_values",
    "survey",
    "to_yaml",
    "yaml_block",
]
