"""What people fill in about annotations: the composer, and what they ask and decide."""

from annotations.forms.composer import (
    SELECTED,
    AnnotationForm,
    AudienceForm,
    ContentForm,
    DecisionForm,
    EditForm,
    KindChoice,
    Place,
    PublishForm,
    Selected,
    Sentence,
    WordsForm,
    filters_of,
    kind_choices,
)
from annotations.forms.progress import progress_choice

__all__ = [
    "SELECTED",
    "AnnotationForm",
    "AudienceForm",
    "ContentForm",
    "DecisionForm",
    "EditForm",
    "KindChoice",
    "Place",
    "PublishForm",
    "Selected",
    "Sentence",
    "WordsForm",
    "filters_of",
    "kind_choices",
    "progress_choice",
]
