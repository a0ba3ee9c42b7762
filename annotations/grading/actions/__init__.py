"""What changes rubrics, works, marks and grades."""
