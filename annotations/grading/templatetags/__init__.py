"""What templates of grading ask."""
