"""Packs evidence for a stranger: what goes in, the forms it takes, and the program that checks it."""
