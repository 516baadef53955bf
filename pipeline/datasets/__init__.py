"""Data sets for re-identification, made from a site's footage and linked by a person.

Reading them is the business of `reid.datasets`.
"""

from pipeline.datasets.build import BuildPlan, build_dataset
from pipeline.datasets.folder import DatasetFolder, split_dataset

__all__ = ["BuildPlan", "DatasetFolder", "build_dataset", "split_dataset"]
