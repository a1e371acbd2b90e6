"""A real forum on the loopback: a django-spirit installation that the tests seed, moderate and shut."""
