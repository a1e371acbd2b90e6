"""The workspace's own terms: kept, taken in, measured, suggested."""
