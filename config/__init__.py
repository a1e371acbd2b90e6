"""What the house knows: data that people edit, and the types that read it."""
