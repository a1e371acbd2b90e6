"""What a volunteer touches: commands, reports, the practice market."""
