"""Outside witnesses on the loopback: a real timestamp authority, and a calendar that speaks its protocol."""
