"""What the tests of letters stand on."""
