# -*- test-case-name: pbcopy.test.test_service -*-
"""
Tests for L{pbcopy._service}, as it is and under a real C{twistd}.
"""

from __future__ import annotations

import os
import signal
from typing import Any

from twisted.application.service import IService
from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.internet import reactor as _reactor
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IStreamServerEndpoint
from twisted.internet.protocol import Factory
from twisted.logger import LogLevel, capturedLogs
from twisted.python.usage import UsageError
from twisted.spread.pb import portno
from twisted.trial.unittest import SynchronousTestCase, TestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from pbcopy import pb
from pbcopy._service import CannotListen, Options, PublisherService, makeService
from pbcopy.demo.ponds import PondView
from pbcopy.demo.publisher import Publisher
from pbcopy.test.processes import PACKAGES, Child, startTwistd

reactor: Any = _reactor

PUBLISHER = "pbcopy.demo.publisher.Publisher"
LOOPBACK = "tcp:0:interface=127.0.0.1"


def parsed(*arguments: str) -> Options:
    """
    Parse a command line.
    """
    options = Options()
    options.parseOptions(arguments)
    return options


class OptionsTests(SynchronousTestCase):
    """
    Tests for L{Options}.
    """

    def complaint(self, *arguments: str) -> str:
        """
        Give the text of the error for a command line, which is one line.
        """
        text = str(self.assertRaises(UsageError, parsed, *arguments))
        self.assertEqual(1, len(text.splitlines()), text)
        return text

    def test_root(self) -> None:
        """
        C{--root} becomes the root.
        """
        self.assertIsInstance(parsed("--root", PUBLISHER)["root"], Publisher)

    def test_defaultListen(self) -> None:
        """
        The default endpoint is PB's own port, on loopback.
        """
        options = parsed("--root", PUBLISHER)
        self.assertEqual(f"tcp:{portno}:interface=127.0.0.1", options["listen"])
        verifyObject(IStreamServerEndpoint, options["endpoint"])

    def test_noRoot(self) -> None:
        """
        C{--root} is required.
        """
        self.assertEqual(
            "--root is missing; expected package.module.attribute of an IPBRoot",
            self.complaint(),
        )

    def test_badRoot(self) -> None:
        """
        A wrong name is an error.
        """
        self.assertIn("--root nonsense: ", self.complaint("--root", "nonsense"))

    def test_badListen(self) -> None:
        """
        A string that describes no endpoint is an error.
        """
        for listen in ("", "nonsense", "8787", "tcp", "tcp:x", "tcp:1:2:3:4:5:6"):
            text = self.complaint("--root", PUBLISHER, "--listen", listen)
            self.assertTrue(text.startswith(f"--listen {listen}: "), text)
            expected = "; expected an endpoint string such as tcp:8787:interface="
            self.assertIn(expected, text)

    def test_noPasswordFile(self) -> None:
        """
        A password file that cannot be read is an error.  The empty name is one
        too: it does not publish to everybody.
        """
        for path, reason in [
            (self.mktemp(), "No such file or directory"),
            (".", "Is a directory"),
            ("", "No such file or directory"),
        ]:
            self.assertEqual(
                f"--passwd {path}: {reason}; "
                f"expected a file of name:password lines that this user can read",
                self.complaint("--root", PUBLISHER, "--passwd", path),
            )

    def test_noPasswordsInTheFile(self) -> None:
        """
        A file with a line of another kind is refused, and the line is named.
        """
        path = self.mktemp()
        with open(path, "w") as file:
            file.write("eve:apple\n\nadam\n")
        complaint = self.complaint("--root", PUBLISHER, "--passwd", path)
        self.assertIn("there is no colon in line 3; expected a file", complaint)

    def test_passwordFileElsewhere(self) -> None:
        """
        The password file is found when C{twistd} has changed the folder.
        """
        path = self.mktemp()
        with open(path, "w") as file:
            file.write("eve:apple\n")
        root: Any = parsed("--root", PUBLISHER, "--passwd", path)["root"]
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(os.sep)
        self.assertEqual((b"eve", b"apple"), root._checker.getUser(b"eve"))


@implementer(IStreamServerEndpoint)
class Endpoint:
    """
    An endpoint that answers as a test says.
    """

    def __init__(self, answer: Deferred[Any]) -> None:
        self.answer = answer
        self.factory: Any = None

    def listen(self, factory: Any) -> Deferred[Any]:
        """
        Take the factory, and answer.
        """
        self.factory = factory
        return self.answer


class Port:
    """
    A port that can be closed.
    """

    listening = True

    def stopListening(self) -> None:
        """
        Close it.
        """
        self.listening = False


class PublisherServiceTests(SynchronousTestCase):
    """
    Tests for L{PublisherService} and L{makeService}.
    """

    def setUp(self) -> None:
        """
        Note the signals, in place of sending them.
        """
        self.signals: list[int] = []
        self.patch(signal, "raise_signal", self.signals.append)

    def started(self, answer: Deferred[Any]) -> PublisherService:
        """
        Start a service as C{twistd} does.
        """
        service = PublisherService(Endpoint(answer), Factory(), "some:thing")
        service.privilegedStartService()
        service.startService()
        return service

    def test_interface(self) -> None:
        """
        It is a service.
        """
        verifyObject(IService, PublisherService(None, None, ""))

    def test_makeService(self) -> None:
        """
        The service listens on the endpoint, with a stock factory for the root.
        """
        endpoint, root = Endpoint(succeed(Port())), pb.Root()
        options: Any = {"endpoint": endpoint, "root": root, "listen": ""}
        makeService(options).privilegedStartService()
        self.assertIs(pb.PBServerFactory, type(endpoint.factory))
        self.assertIs(root, endpoint.factory.root)

    def test_stop(self) -> None:
        """
        A service that is stopped closes its port.
        """
        port = Port()
        service = self.started(succeed(port))
        self.assertTrue(service.running)
        self.successResultOf(service.stopService())
        self.assertFalse(port.listening or service.running)

    def test_cannotListen(self) -> None:
        """
        An endpoint that fails at once ends the process with one line.  C{twistd}
        can handle that as an C{Exception}, and Python as a C{SystemExit}.
        """
        refused = fail(CannotListenError("here", 1, "in\nuse"))
        error: Any = self.assertRaises(CannotListen, self.started, refused)
        self.assertEqual(
            "--listen some:thing: "
            "CannotListenError: Couldn't listen on here:1: in use.",
            error.code,
        )
        self.assertIsInstance(error, Exception)
        self.assertIsInstance(error, SystemExit)

    def test_failsLater(self) -> None:
        """
        An endpoint that fails later ends the process by a signal, after one
        line in the log.
        """
        answer: Deferred[Any] = Deferred()
        service = self.started(answer)
        with capturedLogs() as logs:
            answer.errback(ValueError("too\nlate"))
        self.assertEqual([signal.SIGTERM], self.signals)
        [event] = logs
        self.assertEqual(LogLevel.critical, event["log_level"])
        self.assertEqual(
            "--listen some:thing: ValueError: too late", event["complaint"]
        )
        self.successResultOf(service.stopService())

    def test_stopBeforeListening(self) -> None:
        """
        Stopping a service that does not listen yet is no failure.
        """
        service = self.started(Deferred())
        with capturedLogs() as logs:
            self.successResultOf(service.stopService())
        self.assertEqual(([], []), (self.signals, logs))


class Client(pb.PBClientFactory):
    """
    A client that tells when its connection is gone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lost: Deferred[None] = Deferred()

    def clientConnectionLost(self, *args: Any, **kw: Any) -> None:
        """
        The connection is gone.
        """
        super().clientConnectionLost(*args, **kw)
        self.lost.callback(None)


class TwistdTests(TestCase):
    """
    C{twistd pbcopy} in a process of its own.
    """

    timeout = 120

    def setUp(self) -> None:
        """
        Have a folder, which is not one to import from.
        """
        self.folder = self.mktemp()
        os.mkdir(self.folder)

    def twistd(self, *arguments: str, path: str | None = None) -> Child:
        """
        Start C{twistd -n pbcopy} in the folder.

        @param path: a folder to import from.
        """
        paths = [PACKAGES, path, os.environ.get("PYTHONPATH")]
        environment = {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
        return startTwistd(
            self,
            "-n",
            "pbcopy",
            *arguments,
            folder=self.folder,
            environment=environment,
        )

    def write(self, name: str, text: str) -> str:
        """
        Write a file of the folder.
        """
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text)
        return name

    async def client(self, child: Child) -> Client:
        """
        Connect a client, once the child listens.
        """
        client = Client()
        port = int(await child.port())
        connector = reactor.connectTCP("127.0.0.1", port, client, timeout=30)

        def disconnect() -> Deferred[None]:
            connector.disconnect()
            return client.lost

        self.addCleanup(disconnect)
        return client

    async def usageStatus(self) -> int:
        """
        Give the status that C{twistd} has for a usage error.  It is 1, and was
        0 for long (U{https://github.com/twisted/twisted/issues/12656}).
        """
        return await self.twistd("--no-such-option").end()

    async def assertRefused(self, child: Child, expected: str, status: int) -> None:
        """
        Assert that a child ends with a status, and with a last line that has
        C{expected}, and no traceback.
        """
        self.assertEqual(status, await child.end())
        output = [*child.lines, *child.errors.splitlines()]
        self.assertIn(expected, output[-1])
        self.assertEqual([], [line for line in output if "Traceback" in line])

    async def test_publishes(self) -> None:
        """
        Who connects gets the root, and what that gives.
        """
        child = self.twistd("--listen", LOOPBACK, "--root", PUBLISHER)
        client = await self.client(child)
        root = await client.getRootObject()
        view = await root.callRemote("getPond")
        self.assertIsInstance(view, PondView)
        self.assertEqual(["one duck", "two duck"], view.ducks)

    async def test_rightPassword(self) -> None:
        """
        With C{--passwd}, who knows a password gets the root.
        """
        passwords = self.write("passwords", "adam:pear\neve:apple\n")
        child = self.twistd(
            "--listen", LOOPBACK, "--root", PUBLISHER, "--passwd", passwords
        )
        client = await self.client(child)
        avatar = await client.login(UsernamePassword(b"eve", b"apple"))
        view = await avatar.callRemote("getPond")
        self.assertEqual(["one duck", "two duck"], view.ducks)

    async def test_wrongPassword(self) -> None:
        """
        With C{--passwd}, who knows no password gets C{UnauthorizedLogin}, and
        nobody gets the root without a login.
        """
        passwords = self.write("passwords", "eve:apple\n")
        child = self.twistd(
            "--listen", LOOPBACK, "--root", PUBLISHER, "--passwd", passwords
        )
        client = await self.client(child)
        for name, password in [(b"eve", b"pear"), (b"adam", b"apple")]:
            login = client.login(UsernamePassword(name, password))
            await self.assertFailure(login, UnauthorizedLogin)
        root = await client.getRootObject()
        await self.assertFailure(root.callRemote("getPond"), pb.NoSuchMethod)

    async def test_module(self) -> None:
        """
        The module of the root is found by PYTHONPATH, and not in the current
        folder.
        """
        self.write("pbcopy_a.py", "from pbcopy import pb\nroot = pb.Root()")
        arguments = ("--listen", LOOPBACK, "--root", "pbcopy_a.root")
        await self.assertRefused(
            self.twistd(*arguments),
            "--root pbcopy_a.root: No module named 'pbcopy_a'; "
            "expected package.module.attribute.  twistd does not import from the "
            "current folder: set PYTHONPATH to the folder that has pbcopy_a",
            await self.usageStatus(),
        )
        found = self.twistd(*arguments, path=os.path.abspath(self.folder))
        client = await self.client(found)
        await client.getRootObject()

    async def test_usageErrors(self) -> None:
        """
        An option that names nothing usable is an error of one line.
        """
        root = ("--root", PUBLISHER)
        children = [
            (self.twistd(), "--root is missing; "),
            (self.twistd("--root", "nonsense"), "--root nonsense: "),
            (self.twistd("--root", "pbcopy.pb.portno"), "got 8787; "),
            (self.twistd(*root, "--listen", "nonsense"), "--listen nonsense: "),
            (self.twistd(*root, "--passwd", "nowhere"), "--passwd nowhere: "),
        ]
        status = await self.usageStatus()
        for child, expected in children:
            await self.assertRefused(child, expected, status)

    async def test_portInUse(self) -> None:
        """
        A port that is in use is an error of one line.
        """
        used = reactor.listenTCP(0, Factory(), interface="127.0.0.1")
        self.addCleanup(used.stopListening)
        listen = f"tcp:{used.getHost().port}:interface=127.0.0.1"
        await self.assertRefused(
            self.twistd("--root", PUBLISHER, "--listen", listen),
            f"--listen {listen}: CannotListenError: Couldn't listen on 127.0.0.1:",
            1,
        )

    async def test_daemonPortInUse(self) -> None:
        """
        Who starts a daemon is told that it cannot listen, and its log says why.
        """
        used = reactor.listenTCP(0, Factory(), interface="127.0.0.1")
        self.addCleanup(used.stopListening)
        listen = f"tcp:{used.getHost().port}:interface=127.0.0.1"
        arguments = ("--root", PUBLISHER, "--listen", listen)
        child = startTwistd(
            self, "--logfile=log", "pbcopy", *arguments, folder=self.folder
        )
        self.assertEqual(1, await child.end())
        self.assertIn(f"CannotListen: --listen {listen}: ", child.errors)
        with open(os.path.join(self.folder, "log")) as file:
            log = file.read()
        self.assertIn(f"--listen {listen}: CannotListenError: ", log)
        self.assertNotIn("Traceback", log + child.errors)
