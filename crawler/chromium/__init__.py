"""One page in Chromium: found, driven, loaded, recorded and seen, within bounds."""
