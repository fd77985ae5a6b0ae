"""Risks with the appetite for them, issues, actions, assumptions, dependencies, lessons and the others: a file each."""

from steerco.apps.raid.models.actions import Action
from steerco.apps.raid.models.appetite import Appetite
from steerco.apps.raid.models.assumptions import Assumption
from steerco.apps.raid.models.conflicts import Conflict
from steerco.apps.raid.models.contingency import ContingencyMovement
from steerco.apps.raid.models.dependencies import Dependency
from steerco.apps.raid.models.issues import Issue
from steerco.apps.raid.models.lessons import Lesson, LessonLook, LessonUse
from steerco.apps.raid.models.obstacles import Obstacle
from steerco.apps.raid.models.risks import Risk

__all__ = [
    "Action",
    "Appetite",
    "Assumption",
    "Conflict",
    "ContingencyMovement",
    "Dependency",
    "Issue",
    "Lesson",
    "LessonLook",
    "LessonUse",
    "Obstacle",
    "Risk",
]
