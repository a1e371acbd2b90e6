"""The practice market opens, bears many hands at once, and closes without a trace."""

import gc
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from config.errors import MachineError
from desk.practice.market import Market
from tests.market.visitor import REASON, WARES, get, search


def test_many_hands_at_once_lose_no_change(market: Market) -> None:
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(lambda key: market.remove(key, REASON), WARES))
    assert market.on_sale() == ()
    assert search(market, "象牙").css(".empty").getall()


def test_a_closed_market_leaves_no_thread_and_no_port_taken() -> None:
    before = set(threading.enumerate())
    market = Market(WARES.values())  # not the market of the run: this one is closed and opened again
    with market:
        port = urlsplit(market.base).port or 0
        with pytest.raises(MachineError, match="open already"):
            market.start()
        with pytest.raises(MachineError, match=f"127.0.0.1:{port} cannot be used"):
            Market(WARES.values()).start(port)
        assert get(market, "/").status == 200
        market.stop()
    gc.collect()
    assert set(threading.enumerate()) <= before
    assert market.base == ""
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)
    market.start(port)
    assert get(market, "/item/10002").status == 200
    market.stop()
