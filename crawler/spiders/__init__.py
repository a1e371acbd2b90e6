"""The spiders, for all platforms: search, and look."""
