"""Packs of configuration: what teams hand each other of platform files, terms, letter templates and laws."""
