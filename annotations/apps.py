"""Everything said about an essay."""

from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    """Annotations, their anchors, history and the change lines."""

    name = "annotations"

    def ready(self) -> None:
        """Register the kinds of notices, and hear of new names; both need the models."""
        from annotations.actions.renaming import tell_of_name  # noqa: PLC0415 - see above
        from annotations.notices import register_kinds  # noqa: PLC0415 - see above
        from debate.accounts.signals import renamed  # noqa: PLC0415 - see above

        register_kinds()
        renamed.connect(tell_of_name, dispatch_uid="annotations.tell_of_name")
