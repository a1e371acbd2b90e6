"""The practice market: a shop of invented goods, to train and to test on."""
