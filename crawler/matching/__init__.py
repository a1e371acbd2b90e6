"""What the terms found in one text come to."""
