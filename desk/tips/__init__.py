"""Tips: links, pictures and recordings that people bring."""
