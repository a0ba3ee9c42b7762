"""What is asked, what was handed in, what markers think of it, and what counts."""

from annotations.grading.models.grade import Grade, GradeEvent, Release, Sheet
from annotations.grading.models.mark import ItemFeedback, Mark, MarkPart, Remark
from annotations.grading.models.plan import GradingPlan
from annotations.grading.models.review import RegradeMessage, RegradeRequest, Sample
from annotations.grading.models.rubric import Criterion, Level, Rubric, RubricVersion
from annotations.grading.models.work import Lease, Work, WorkItem

__all__ = [
    "Criterion",
    "Grade",
    "GradeEvent",
    "GradingPlan",
    "ItemFeedback",
    "Lease",
    "Level",
    "Mark",
    "MarkPart",
    "RegradeMessage",
    "RegradeRequest",
    "Release",
    "Remark",
    "Rubric",
    "RubricVersion",
    "Sample",
    "Sheet",
    "Work",
    "WorkItem",
]
