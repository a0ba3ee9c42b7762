"""The wire: how an annotation is written where the API, an export or a stream sends it."""

from annotations.wire.annotation import MEMBERS, wire_of

__all__ = ["MEMBERS", "wire_of"]
