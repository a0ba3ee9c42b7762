"""Members of the API's input: each takes exactly one JSON type, and unknown members are refused."""

from __future__ import annotations

from copy import copy, deepcopy
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rest_framework import serializers
from rest_framework.fields import empty

if TYPE_CHECKING:
    from collections.abc import Mapping

    Member = serializers.Field[Any, Any, Any, Any]

SENTENCES: dict[str, Any] = {
    "required": "This member is required.",
    "null": "This member may not be null.",
}
MOST_UNKNOWN = 20
MOST_TEXTS = 100


class Text(serializers.CharField):
    """A JSON string as it was sent; whether it may be blank, and how long it is, the action says."""

    default_error_messages = {**SENTENCES, "invalid": "Give a text."}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"allow_blank": True, "trim_whitespace": False, **options})

    def to_internal_value(self, data: Any) -> str:
        """The string; numbers and booleans are none."""
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class Choice(serializers.ChoiceField):
    """One of a few words."""

    default_error_messages = SENTENCES

    def to_internal_value(self, data: Any) -> Any:
        """The word; the error names those there are, and does not repeat what was sent."""
        if not isinstance(data, str) or data not in self.choices:
            words = ", ".join(str(word) for word in self.choices)
            raise serializers.ValidationError(f"Choose one of: {words}.")
        return data


class Whole(serializers.IntegerField):
    """A JSON number without fraction; neither a string nor a boolean."""

    default_error_messages = {**SENTENCES, "invalid": "Give a whole number."}

    def to_internal_value(self, data: Any) -> int:
        """The number, of any size."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class Switch(serializers.BooleanField):
    """A JSON boolean; neither a string nor a number."""

    default_error_messages = {**SENTENCES, "invalid": "Give true or false."}

    def to_internal_value(self, data: Any) -> bool:
        """True or false."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Id(serializers.UUIDField):
    """A UUID as a string."""

    default_error_messages = {**SENTENCES, "invalid": "Give an id, which is a UUID."}

    def to_internal_value(self, data: Any) -> Any:
        """The UUID."""
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class Texts(serializers.ListField):
    """A list of strings."""

    child = Text()
    default_error_messages = {
        **SENTENCES,
        "not_a_list": "Give a list of texts.",
        "max_length": f"At most {MOST_TEXTS} texts are taken.",
    }

    def to_internal_value(self, data: Any) -> list[str]:
        """The strings. A list far beyond any use is refused before its texts are looked at."""
        if isinstance(data, list) and len(data) > MOST_TEXTS:
            self.fail("max_length")
        return super().to_internal_value(data)


class Shape(serializers.Serializer[Any]):
    """An object of the input. Members that it does not have are refused, each by its pointer.

    DRF copies each declared field for each object that it looks at. Here those alone are copied that
    were sent, or whose absence says something.
    """

    default_error_messages = {**SENTENCES, "invalid": "Give an object."}
    _sent: frozenset[str] | None = None

    @classmethod
    def many_init(cls, *args: Any, **options: Any) -> Any:
        """A list of such objects, which says the same of itself where it is missing."""
        said = {**SENTENCES, **options.pop("error_messages", {})}
        return super().many_init(*args, error_messages=said, **options)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The members; of an object that is being looked at, those that matter to it."""
        if self._sent is None:
            return super().get_fields()
        return {
            name: _copied(field)
            for name, field in self._declared_fields.items()
            if name in self._sent or field.required or field.default is not empty
        }

    def to_internal_value(self, data: Any) -> Any:
        """The members that were sent. Raises ValidationError with every member at fault."""
        if not isinstance(data, dict):
            self.fail_whole()
        if self._sent != data.keys():
            self._sent = frozenset(data)
            self.__dict__.pop("fields", None)  # those of the object before it in a list
        known = self._declared_fields.keys() | self.fields.keys()
        unknown = [name for name in data if name not in known][:MOST_UNKNOWN]
        errors: dict[str, Any] = {name: ["No such member is taken here."] for name in unknown}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            errors |= cast("dict[str, Any]", error.detail)
        if errors:
            raise serializers.ValidationError(errors)
        return value

    def fail_whole(self) -> None:
        """Raise that this is no object at all."""
        raise serializers.ValidationError({"non_field_errors": [self.error_messages["invalid"]]})


def _copied(field: Member) -> Member:
    """The declared field, to be bound to an object of its own.

    DRF makes it anew from its arguments, which takes ten times as long; only what holds other fields
    needs that.
    """
    holds_others = isinstance(field, serializers.BaseSerializer) or hasattr(field, "child")
    return deepcopy(field) if holds_others else copy(field)


class Change(Shape):
    """What is to change of an object: what is left out stays, null takes away (RFC 7396).

    `empty` names the members that may be taken away, and what they are then.
    """

    empty: ClassVar[Mapping[str, Any]] = {}

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The members, of which those of `empty` take null."""
        fields = super().get_fields()
        for name in self.empty:
            if name in fields:
                fields[name].allow_null = True
        return fields

    def to_internal_value(self, data: Any) -> Any:
        """The members that were sent, with what stands for null."""
        value = super().to_internal_value(data)
        taken = [name for name in self.empty if name in value and value[name] is None]
        return {**value, **{name: self.empty[name] for name in taken}}


class Addressed(serializers.Serializer[Any]):
    """The assignment that a body names, whatever else it holds."""

    assignment = Id()
