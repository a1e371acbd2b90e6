"""Proves an archive: re-hashes every file, holds every row against its entry, every entry against tree and seals."""
