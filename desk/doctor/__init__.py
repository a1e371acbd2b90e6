"""Says what is missing on this machine, in this workspace and on the way to the platforms, and how to mend it."""
