"""Browsing beside a volunteer, played by a second client of the browser in a real window on a screen of its own."""
