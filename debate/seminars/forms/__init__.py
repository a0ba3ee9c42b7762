"""What people type about a seminar: one module for each noun."""
