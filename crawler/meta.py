"""What our parts write into a request's `meta` for one another."""

ASK = "ask"  # crawler.chromium.load.Ask: what the browser is to do; without it, plain HTTP
LOADED = "loaded"  # crawler.chromium.load.Loaded: what the browser loaded
EXCHANGES = "exchanges"  # list of archive.facts.Exchange: what plain HTTP asked and was answered, redirects included
ADDRESS = "address"  # the address that answered
ROOM = "room"  # bytes that may still come in today, and so for this page in all
RECEIVED = "received"  # bytes that came in, heads and all
GROWTH = "growth"  # MiB that this process may grow by meanwhile
GAP = "gap"  # seconds between two turns of the platform
WITHIN = "within"  # asked while a page of ours is being loaded, and for its sake
CLOSED = "closed"  # archive.lane.Closed: the answer asked us to wait, and this is how long
