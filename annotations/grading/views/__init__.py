"""Pages of rubrics, works, marks and grades."""
