"""What outsiders say of when a digest was there: timestamp authorities (RFC 3161) and OpenTimestamps calendars."""
