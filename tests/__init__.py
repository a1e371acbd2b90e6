"""The tests: real servers on the loopback, no mocks, nothing outside."""
