"""What pages and the API show of grading, in fixed numbers of queries."""
