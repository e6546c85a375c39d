# -*- test-case-name: pbcopy.test.test_tls -*-
"""
A server and a client that are joined by real TLS, on the loopback.

Who has no OpenSSL cannot import this.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from socket import SO_RCVBUF, SO_SNDBUF, SOL_SOCKET
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from twisted.internet import reactor as _reactor
from twisted.internet import ssl
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import SSL4ClientEndpoint, SSL4ServerEndpoint
from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

from pbcopy import pb

reactor: Any = _reactor


def certificate() -> ssl.PrivateCertificate:
    """
    Make a certificate that is signed with its own key.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now, day = datetime.datetime.now(), datetime.timedelta(days=1)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(pem, form, serialization.NoEncryption())
    made: ssl.PrivateCertificate = ssl.PrivateCertificate.loadPEM(
        signed.public_bytes(pem) + private
    )
    return made


class Serving(pb.PBServerFactory):
    """
    Knows the Broker that it has made.
    """

    broker: Any = None

    def buildProtocol(self, addr: Any) -> Any:
        """
        Make one.
        """
        self.broker = super().buildProtocol(addr)
        return self.broker


class TlsTestCase(TestCase):
    """
    A server and a client.
    """

    timeout = 60

    async def join(self, root: Any, **kw: Any) -> None:
        """
        Have a client connect.

        @param kw: attributes of both factories.
        """
        serving, calling = Serving(root), pb.PBClientFactory()
        for each in (serving, calling):
            vars(each).update(kw)
        options = certificate().options()
        listening = SSL4ServerEndpoint(reactor, 0, options, interface="127.0.0.1")
        self.port = await listening.listen(serving)
        self.addCleanup(self.port.stopListening)
        to = "127.0.0.1", self.port.getHost().port, ssl.CertificateOptions()
        await SSL4ClientEndpoint(reactor, *to).connect(calling)
        self.root = await calling.getRootObject()
        self.server, self.client = serving.broker, self.root.broker
        for each in (self.server, self.client):
            # The kernel is not to take much, nor ever more.
            socket = each.transport.transport.socket
            for option in (SO_SNDBUF, SO_RCVBUF):
                socket.setsockopt(SOL_SOCKET, option, 2**16)
            self.addCleanup(self._abort, each)

    def _abort(self, broker: Any) -> Deferred[None]:
        gone: Deferred[None] = Deferred()
        if broker.disconnected:
            gone.callback(None)
        else:
            broker.notifyOnDisconnect(lambda: gone.callback(None))
            broker.transport.abortConnection()
        return gone

    def waiting(self) -> int:
        """
        Tell how many bytes the server keeps for the client, below TLS.
        """
        tcp = self.server.transport.transport
        return len(tcp.dataBuffer) + int(tcp._tempDataLen)

    async def until(self, isSo: Callable[[], bool]) -> None:
        """
        Have the reactor go on until something is so.
        """
        while not isSo():
            await deferLater(reactor, 0)
