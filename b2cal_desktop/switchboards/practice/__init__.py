"""The practice switchboard: a real HTTP server to try the app on, and the reference for an operator.

`store.py` keeps who shows what, `api.py` is the contract (`openapi.json`), `page.py` what colleagues
look at, `faults.py` makes it a bad neighbour on purpose, `http_server.py` speaks HTTP, `server.py` joins them.
"""

from b2cal_desktop.switchboards.practice.faults import Fault, Faults, load_faults
from b2cal_desktop.switchboards.practice.server import PracticeSwitchboard, serve_forever
from b2cal_desktop.switchboards.practice.store import DiversionState, Store

__all__ = [
    "DiversionState",
    "Fault",
    "Faults",
    "PracticeSwitchboard",
    "Store",
    "load_faults",
    "serve_forever",
]
