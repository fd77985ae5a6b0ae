"""The registers of risks and of what stands beside them: a file for each."""

from steerco.apps.raid.registers.actions import ActionRegister
from steerco.apps.raid.registers.appetites import AppetiteRegister
from steerco.apps.raid.registers.assumptions import AssumptionRegister
from steerco.apps.raid.registers.conflicts import ConflictRegister
from steerco.apps.raid.registers.contingency import ContingencyRegister
from steerco.apps.raid.registers.dependencies import DependencyRegister
from steerco.apps.raid.registers.issues import IssueRegister
from steerco.apps.raid.registers.lessons import LessonRegister
from steerco.apps.raid.registers.obstacles import ObstacleRegister
from steerco.apps.raid.registers.risks import RiskRegister, score_pill
from steerco.kit.registers.register import declare_register

for register in (  # as they stand in the menu
    RiskRegister(),
    IssueRegister(),
    ActionRegister(),
    AssumptionRegister(),
    DependencyRegister(),
    ConflictRegister(),
    ObstacleRegister(),
    ContingencyRegister(),
    LessonRegister(),
    AppetiteRegister(),
):
    declare_register(register)

__all__ = ["RiskRegister", "score_pill"]
