"""What the folded form of a text is made with: a table of every code point, and letters that look alike."""
