"""Bibliographic facts in pure Python: identifiers, pasted references, citations, completeness.

An item is a CSL-JSON 1.0.2 item (citation-style-language/schema, csl-data.json) as a dictionary.
"""
