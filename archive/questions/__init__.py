"""The one window of the archive: a room for each asker; nothing here writes."""
