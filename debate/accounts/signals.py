"""What the apps above are told of people, who may not be called from here."""

from __future__ import annotations

from django.dispatch import Signal

renamed = Signal()
"""`person` is called otherwise from now on; sent in the transaction of the change."""
