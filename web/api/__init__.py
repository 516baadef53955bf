"""The statistics for programs: the names and columns of the SQL views, small cells withheld."""

from web.api.tables import API, api_router

__all__ = ["API", "api_router"]
