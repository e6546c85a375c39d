"""
What is measured, pbcopy itself among it.

A peer is a module or an object with C{LOOP}, the loop that it runs in; C{serve()},
which begins to listen and gives its port, or another address; and
C{connect(address)}, which gives a
L{Client<peers.client.Client>}.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import attr


@attr.s(auto_attribs=True, frozen=True)
class Peer:
    """
    What there is to say of a peer.

    @ivar module: where it is.
    @ivar needs: what has to be installed.
    @ivar note: what makes it another thing than the others.
    """

    module: str
    needs: str
    note: str = ""

    def isInstalled(self) -> bool:
        """
        Tell whether it can be run here.
        """
        return find_spec(self.needs) is not None


_CLASSES = "instances of classes"
_DICTS = "dicts, no instances"

PEERS = {
    "stock": Peer("spread", "twisted", _CLASSES),
    "pbcopy": Peer("spread", "pbcopy", f"{_CLASSES}; observers called by hand"),
    "pbcopy+Broker": Peer("spread", "pbcopy", "the same, with pbcopy.Broker"),
    "shared": Peer("spread", "pbcopy", "pbcopy.shared: masters that are declared"),
    "shared+Broker": Peer("spread", "pbcopy", "the same, with pbcopy.Broker"),
    "foolscap": Peer("tubs", "foolscap", f"{_CLASSES}; over TLS, as it always is"),
    "amp": Peer("amp", "twisted", "one command with typed fields, of 64 KiB at most"),
    "pyro": Peer("pyro", "Pyro5", f"{_DICTS}, by msgpack; calls in flight are a batch"),
    "rpyc": Peer("rpycs", "rpyc", f"{_DICTS}, pickled by the service"),
    "grpc": Peer("grpcs", "grpc", f"{_DICTS}, by msgspec in the place of protobuf"),
    "managers": Peer(
        "managing", "multiprocessing", f"{_DICTS}, pickled; one call at a time"
    ),
    "bare": Peer(
        "bare", "msgspec", f"{_DICTS}, by msgspec over Int32StringReceiver: the limit"
    ),
}


def load(name: str) -> Any:
    """
    Give a peer by its name.
    """
    module: Any = import_module(f"peers.{PEERS[name].module}")
    return module.PEERS[name] if hasattr(module, "PEERS") else module
