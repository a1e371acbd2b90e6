"""A third real site, which only files describe: a table of offers, published with datasette."""
