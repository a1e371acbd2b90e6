"""What looks: searches the platforms, reads their pages, and hands what it saw to the archive."""
