"""Holds a platform's file against pages of its site as it is today."""
