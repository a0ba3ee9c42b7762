"""Under which name a student's work is shown: the one place where grading asks who wrote it.

Blind marking rests on it, so no page, answer of the API or file reads a name past it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotations.grading.permissions import knows_names

if TYPE_CHECKING:
    from annotations.grading.models import GradingPlan, Work


def shown_name(work: Work, plan: GradingPlan) -> str:
    """The work's alias while names are hidden, else what its student is called.

    Rows must carry `student` selected, so that a list takes no query for each. Avatars are made of
    what this says (`components/avatar.html`), never of a picture or a name.
    """
    return work.student.display_name if knows_names(plan) else work.alias


def called(work: Work, plan: GradingPlan) -> str:
    """The first word of the shown name, as notes address people ("Note to Jonah").

    Of an alias the whole, as its words say nothing apart.
    """
    name = shown_name(work, plan)
    return name.split(maxsplit=1)[0] if knows_names(plan) and name else name
