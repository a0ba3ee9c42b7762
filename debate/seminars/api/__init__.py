"""Seminars, their people and groups in the API, and who the person is that asks."""

from debate.seminars.api.running import SeminarViewSet
from debate.seminars.api.seminars import MeView

__all__ = ["MeView", "SeminarViewSet"]
