"""The practice market over real HTTP and in the real Chromium."""
