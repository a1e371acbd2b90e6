"""What a page's bytes say: encoding, tags, elements, words."""
