"""Takes published lists of species into a workspace."""
