"""Django sites on the loopback, each in a process of its own, that a test gives orders to."""
