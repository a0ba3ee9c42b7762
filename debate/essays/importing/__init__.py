"""From a paste or a file to numbered paragraphs, in pure Python.

One reader for each format makes blocks as they stand; `assemble` finds title, byline, breaks and notes in
them; `sandbox.read` runs both in a child process with limits; `edits` changes a draft in the preview. Nothing
here knows Django, and importing this package imports none of the readers.
"""
