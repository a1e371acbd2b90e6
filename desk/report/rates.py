"""The error bar of a rate: Wilson's score interval."""

from math import sqrt

Z = 1.959964  # 95 %, both sides


def wilson(hits: int, n: int) -> tuple[float, float] | None:
    """The 95 % interval of HITS in N (Wilson 1927), 0-1; None where N is 0: there is no rate then."""
    if n == 0:
        return None
    rate, weight = hits / n, Z * Z / n
    middle = (rate + weight / 2) / (1 + weight)
    half = Z * sqrt(rate * (1 - rate) / n + weight / 4 / n) / (1 + weight)
    return max(0.0, middle - half), min(1.0, middle + half)
