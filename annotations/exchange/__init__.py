"""Debates in and out: one file a format behind one registry, and the doors to them."""
