"""The report: one page that says what was looked at, what could not be seen, and what went away."""
