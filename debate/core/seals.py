"""What the server gives away and takes back, and nobody else can read or make.

Not one of the usual module names: neither a model nor a view, it turns bytes into a word that
stands in addresses, and such a word into bytes.
"""

from __future__ import annotations

import base64
import binascii
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.utils.crypto import salted_hmac

from debate.core.errors import Invalid

_NONCE = 12
_TO_USUAL = str.maketrans("-_", "+/")


def seal(purpose: str, content: bytes) -> str:
    """The content encrypted and signed; no two are alike, so that nobody can compare them.

    AES-SIV (RFC 5297): a page of a change feed has a hundred of these, and it takes a third of
    Fernet's time.
    """
    nonce = os.urandom(_NONCE)
    cipher = _keys(purpose, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)[0]
    return base64.urlsafe_b64encode(nonce + cipher.encrypt(content, [nonce])).decode().rstrip("=")


def opened(purpose: str, sealed: str) -> bytes:
    """What was sealed for that purpose, with the secret key or one of the fallbacks.

    Raises Invalid for anything else.
    """
    try:
        words = sealed.translate(_TO_USUAL) + "=" * (-len(sealed) % 4)
        given = base64.b64decode(words.encode(), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        given = b""
    nonce = given[:_NONCE]
    for cipher in _keys(purpose, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return cipher.decrypt(given[_NONCE:], [nonce])
        except (InvalidTag, ValueError):
            continue
    raise Invalid("This was not given by this site, or not for this.")


@lru_cache(maxsize=8)
def _keys(purpose: str, *secrets: str) -> list[AESSIV]:
    digests = [
        salted_hmac("debate.core.seals", purpose, secret=secret, algorithm="sha512").digest()
        for secret in secrets
    ]
    return [AESSIV(digest) for digest in digests]
