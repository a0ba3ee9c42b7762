"""Everything that a person may read, taken away at once: streamed, as a file, or made by a job."""
