"""Beside a volunteer's own browser: what is recorded there, and what is kept out."""
