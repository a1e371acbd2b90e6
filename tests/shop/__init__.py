"""A real shop on the loopback: a django-oscar installation that the tests seed, sell out and delete from."""
