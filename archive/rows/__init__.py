"""Turns facts into rows: each function answers what `intake.take` then runs inside its transaction."""
