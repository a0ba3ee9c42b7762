"""The formats of a debate, in pure Python: a document of our own, and what writes and reads it."""
