"""What was seen, kept so that it can be proved: one door in (`intake`), one window out (`questions`)."""
