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
    kind_choices,
)
from annotations.forms.progress import progress_choice
from annotations.forms.reading import filters_of, more_of

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
    "more_of",
    "progress_choice",
]
