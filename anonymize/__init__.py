"""Takes recognisable people out of pixels before anything is embedded or written.

The whole-picture median blur is the guarantee: it depends on no detector. Face regions are an
addition on top of it, because a face model misses faces.
"""

from anonymize.anonymizer import Anonymizer
from anonymize.audit import AuditReport, Finding, audit_folder
from anonymize.blur import blur, kernel_for_height
from anonymize.faces import FaceFinder, Region, head_region
from anonymize.settings import AnonymizeSettings, BlurMethod

__all__ = [
    "AnonymizeSettings",
    "Anonymizer",
    "AuditReport",
    "BlurMethod",
    "FaceFinder",
    "Finding",
    "Region",
    "audit_folder",
    "blur",
    "head_region",
    "kernel_for_height",
]
