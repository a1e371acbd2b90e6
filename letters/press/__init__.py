"""The forms that a letter takes."""
