"""The ways out that the guard opens: proxies of our own, which look before they connect."""
