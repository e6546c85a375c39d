# -*- test-case-name: pbcopy.test.test_hostile -*-
"""
A hostile peer: C{python -I hostile.py PORT}.

It speaks Perspective Broker by itself, and uses nothing but Python's own library:
it shares no code with what it attacks (L{pbcopy.test.besieged}).  Each line of
stdin names a function in L{ROWS}; that tries one thing, in one or several ways,
each over a connection of its own.  What became of each is printed as a list, in
JSON: C{"closed"}, C{"ignored"} where the peer asked for no answer and the server
goes on, the type and text of the error that was sent back, or something that the
test takes for a success of the attack.
"""

from __future__ import annotations

import hashlib
import json
import select
import socket
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

PATIENCE = 10.0
"""How many seconds an answer may take."""

USER, PASSWORD = b"user", b"secret"

UNSEEN = b"pbcopy_unseen_module"
"""A module that nobody may import."""


# Banana.


class Raw(bytes):
    """
    Bytes that are sent as they are.
    """


def base128(number: int) -> bytes:
    """
    Give the prefix of a token.
    """
    digits = [number & 0x7F]
    while number >> 7:
        number >>= 7
        digits.append(number & 0x7F)
    return bytes(digits)


def banana(thing: Any) -> bytes:
    """
    Give the bytes for lists, bytes and numbers.
    """
    if isinstance(thing, Raw):
        return thing
    if isinstance(thing, (list, tuple)):
        return base128(len(thing)) + b"\x80" + b"".join(map(banana, thing))
    if isinstance(thing, float):
        return b"\x84" + struct.pack("!d", thing)
    if isinstance(thing, int):
        return base128(abs(thing)) + (b"\x86" if thing < 0 else b"\x85")
    return base128(len(thing)) + b"\x82" + bytes(thing)


class Reader:
    """
    What takes tokens apart.
    """

    def __init__(self) -> None:
        self._data = b""
        self._open: list[tuple[int, list[Any]]] = []

    def read(self, data: bytes) -> Iterator[Any]:
        """
        Give the expressions that are whole.
        """
        self._data += data
        while True:
            found = self._token()
            if found is None:
                return
            yield from self._put(*found)

    def _token(self) -> tuple[str, Any] | None:
        at = 0
        while at < len(self._data) and self._data[at] < 0x80:
            at += 1
        if at == len(self._data):
            return None
        number = sum(digit << (7 * i) for i, digit in enumerate(self._data[:at]))
        kind, rest = self._data[at], self._data[at + 1 :]
        size = {0x82: number, 0x84: 8}.get(kind, 0)
        if len(rest) < size:
            return None
        self._data = rest[size:]
        if kind == 0x80:
            return "list", number
        if kind in (0x82, 0x84):
            return "item", rest[:size]
        return "item", -number if kind in (0x83, 0x86) else number

    def _put(self, what: str, value: Any) -> Iterator[Any]:
        if what == "list":
            self._open.append((value, []))
        elif self._open:
            self._open[-1][1].append(value)
        else:
            yield value
        while self._open and len(self._open[-1][1]) == self._open[-1][0]:
            done = self._open.pop()[1]
            if self._open:
                self._open[-1][1].append(done)
            else:
                yield done


# Jelly, and what pbcopy packs.


def text(content: str | bytes) -> list[Any]:
    """
    Give a str, as Jelly has it.
    """
    return [b"unicode", content.encode() if isinstance(content, str) else content]


def state(*pairs: tuple[Any, Any]) -> list[Any]:
    """
    Give a dict, as Jelly has it.
    """
    return [b"dictionary", *([key, value] for key, value in pairs)]


NOTHING = state()


def pack(thing: Any) -> bytes:
    """
    Give MessagePack's bytes for a thing.
    """
    if isinstance(thing, Raw):
        return thing
    if thing is None:
        return b"\xc0"
    if isinstance(thing, (list, tuple)):
        return b"\xdd" + struct.pack("!I", len(thing)) + b"".join(map(pack, thing))
    if isinstance(thing, float):
        return b"\xcb" + struct.pack("!d", thing)
    if isinstance(thing, int):
        return b"\xd3" + struct.pack("!q", thing)
    if isinstance(thing, str):
        return b"\xdb" + struct.pack("!I", len(thing.encode())) + thing.encode()
    return b"\xc6" + struct.pack("!I", len(thing)) + bytes(thing)


def envelope(*expressions: Any) -> list[Any]:
    """
    Give pbcopy's envelope around expressions.
    """
    return [b"pbcopy.envelope", pack(list(expressions))]


def copied(name: bytes, *pairs: tuple[Any, Any]) -> list[Any]:
    """
    Give a copy with a packed state.
    """
    parts = b"".join(pack(each) for pair in pairs for each in pair)
    return [
        b"pbcopy.envelope",
        name,
        b"\xdf" + struct.pack("!I", len(pairs)) + parts,
    ]


def value(kind: bytes, *parts: Any) -> list[Any]:
    """
    Give a value of a kind that pbcopy adds.
    """
    return [b"pbcopy.value", kind, *parts]


def bothWays(*things: Any) -> Iterator[Any]:
    """
    Give each thing as it is, and in an envelope.
    """
    for each in things:
        yield each
        yield envelope(each)


BOARD = pack([0, [["app.Board", "title"]], [[1, 3, "old"]], [], b"epoch", 1])
"""The state of a declared class with one field."""

BESIDE = [b"pbcopy.beside"]


def board(luid: int, packed: bytes = BOARD, beside: Any = BESIDE) -> list[Any]:
    """
    Give a declared cache.
    """
    return [b"app.Board", luid, packed, beside]


def delta(version: int, *operations: Any, nodes: Any = (), shapes: Any = ()) -> bytes:
    """
    Give the bytes of a change.
    """
    return pack([version, list(shapes), list(nodes), list(operations)])


# The connection.


class Peer:
    """
    One connection to the server.
    """

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader = Reader()
        self._came: list[Any] = []
        self._requests = 0
        self.target: Any = b"root"
        self.method = b"greet"

    def meet(self) -> None:
        """
        Agree on a dialect.
        """
        self._next()
        self.say(b"none")

    def logIn(self) -> None:
        """
        Log in, and attack the avatar from now on.
        """
        asked = self.ask(b"root", b"login", USER)
        challenge, challenger = asked[2][1:]
        digest = hashlib.md5(hashlib.md5(PASSWORD).digest() + challenge).digest()
        answer = self.ask(challenger[1], b"respond", digest, [b"None"])
        self.target, self.method = answer[2][1], b"take"

    def say(self, *things: Any) -> None:
        """
        Send expressions.  The server may have closed the connection.
        """
        try:
            for each in things:
                self._socket.sendall(banana(each))
        except ConnectionError:
            pass

    def send(self, target: Any, method: bytes, *arguments: Any, **other: Any) -> int:
        """
        Send a call.

        @return: its number.
        """
        self._requests += 1
        verb = other.get("verb", b"message")
        packed = other.get("arguments", [b"tuple", *arguments])
        keywords = other.get("keywords", NOTHING)
        self.say([verb, self._requests, target, method, 1, packed, keywords])
        return self._requests

    def ask(self, target: Any, method: bytes, *arguments: Any, **other: Any) -> Any:
        """
        Call, and wait for what comes back: C{[b"answer" or b"error", …]}.
        """
        return self.answerTo(self.send(target, method, *arguments, **other))

    def answerTo(self, request: int) -> Any:
        """
        Wait for what comes back for a call.

        @raise EOFError: if the connection is closed.
        @raise TimeoutError: if nothing happens.
        """
        while True:
            message = self._next()
            if message[:1] in ([b"answer"], [b"error"]) and message[1] == request:
                return message

    def tried(self, *arguments: Any, **other: Any) -> str:
        """
        Call the target, and tell what became of that.
        """
        target = other.pop("target", self.target)
        method = other.pop("method", self.method)
        return self.outcome(lambda: self.ask(target, method, *arguments, **other))

    def afterwards(self) -> str:
        """
        Tell whether the server still answers.
        """
        found = self.tried(method=b"ping", arguments=[b"tuple"])
        return "ignored" if found == "answer b'pong'" else found

    def outcome(self, wait: Callable[[], Any]) -> str:
        """
        Tell what became of something.
        """
        try:
            found = wait()
        except (EOFError, ConnectionError):
            return "closed"
        except TimeoutError:
            return "silence"
        return described(found)

    def pause(self, seconds: float) -> None:
        """
        Do nothing for a while, unless the connection is closed.
        """
        select.select([self._socket], [], [], seconds)

    def close(self) -> None:
        """
        Hang up.
        """
        self._socket.close()

    def _next(self) -> Any:
        while not self._came:
            data = self._socket.recv(65536)
            if not data:
                raise EOFError
            self._came += self._reader.read(data)
        return self._came.pop(0)


def described(message: Any) -> str:
    """
    Describe an answer or an error.
    """
    if message[0] == b"answer":
        return f"answer {message[2]!r}"[:200]
    if b".py" in banana(message):
        return f"an error with names of files: {message!r}"
    found = message[2]
    attributes = found[1] if type(found) is list and len(found) > 1 else []
    told = {plain(each[0]): plain(each[1]) for each in attributes[1:]}
    return f"{told.get('type', found)}: {told.get('value', '')}"[:400]


def plain(thing: Any) -> Any:
    """
    Give the text in an expression.
    """
    if type(thing) is list and thing[:1] == [b"unicode"]:
        thing = thing[1]
    return thing.decode("utf-8", "replace") if type(thing) is bytes else thing


class Door:
    """
    Where a stranger stands, or somebody who has logged in.
    """

    def __init__(self, port: int, isLoggedIn: bool) -> None:
        self.port = port
        self._isLoggedIn = isLoggedIn
        self._kept: tuple[Any, ...] = ()

    def peer(self) -> Peer:
        """
        Connect, and log in where that is wanted.
        """
        peer = Peer(self.port)
        peer.meet()
        if self._isLoggedIn:
            peer.logIn()
        for each in self._kept:
            found = peer.tried(each, method=b"keep")
            if not found.startswith("answer"):
                raise ValueError(f"the server does not keep {each!r}: {found}")
        return peer

    def keeping(self, *things: Any) -> Door:
        """
        Give the door of those who first have the server keep some things.
        """
        door = Door(self.port, True)
        door._kept = things
        return door

    def over(self, attack: Callable[[Peer], str]) -> str:
        """
        Do something over a connection of its own.
        """
        peer = self.peer()
        try:
            return attack(peer)
        finally:
            peer.close()

    def ways(
        self, attack: Callable[[Any, Peer], str], ways: Iterable[Any]
    ) -> list[str]:
        """
        Do something in several ways, each over a connection of its own.
        """
        return [self.over(partial(attack, way)) for way in ways]

    def each(self, things: Iterable[Any]) -> list[str]:
        """
        Send each thing as an argument.
        """
        return self.ways(lambda thing, peer: peer.tried(thing), things)

    def says(self, *messages: Any) -> list[str]:
        """
        Send each message, or bytes, and look whether the server still answers.
        """

        def say(message: Any, peer: Peer) -> str:
            peer.say(message)
            return peer.afterwards()

        return self.ways(say, messages)


# The rows of the threat table.


class Row:
    """
    One thing that is tried.

    @ivar attack: what tries it.
    @ivar isLoggedIn: whether the peer has logged in before.
    @ivar needsBroker: whether it takes C{pbcopy.Broker} to refuse it as it should
        be refused.
    @ivar mayBeIgnored: whether the server may go on as if nothing had come.
    @ivar messages: how many messages are tried, if these are more than what is told.
    @ivar errors: errors of Python's or Twisted's with which it may be refused.
    """

    def __init__(self, attack: Callable[[Door], list[str]], **about: Any) -> None:
        self.attack = attack
        self.isLoggedIn: bool = about.get("isLoggedIn", False)
        self.needsBroker: bool = about.get("needsBroker", False)
        self.mayBeIgnored: bool = about.get("mayBeIgnored", False)
        self.messages: int = about.get("messages", 0)
        self.errors: tuple[str, ...] = about.get("errors", ())


ROWS: dict[str, Row] = {}
"""What is tried, by the name of the function."""


Attack = Callable[[Door], list[str]]


def row(**about: Any) -> Callable[[Attack], Attack]:
    """
    Put a function into the table.
    """

    def put(attack: Attack) -> Attack:
        ROWS[attack.__name__] = Row(attack, **about)
        return attack

    return put


# Classes.


@row()
def unknownClass(door: Door) -> list[str]:
    """
    A class that the server never heard of.
    """
    name = b"nobody.Knows"
    return door.each(bothWays([name, NOTHING], [name, 1, NOTHING], [b"list", [name]]))


@row()
def unnamedClass(door: Door) -> list[str]:
    """
    A class that is registered, and that the policy does not name.
    """
    things = [b"app.Hidden", NOTHING], [b"app.HiddenView", 1, NOTHING]
    others = [b"app.HiddenMade", NOTHING], copied(b"app.Hidden")
    return door.each(bothWays(*things, *others))


@row()
def classBeforeLogin(door: Door) -> list[str]:
    """
    A class that may arrive after login alone.
    """
    things = [b"app.Order", NOTHING], [b"app.Pond", 1, NOTHING], board(1)
    return door.each(bothWays(*things))


@row(isLoggedIn=True)
def unnamedClassAfterLogin(door: Door) -> list[str]:
    """
    The same classes, from who has logged in.
    """
    return unknownClass(door) + unnamedClass(door)


@row(isLoggedIn=True)
def unnamedClassInside(door: Door) -> list[str]:
    """
    A class that is not named, in the state of one that is.
    """
    hidden = [b"app.Hidden", NOTHING]
    order = [b"app.Order", state((text("what"), hidden))]
    pond = [b"app.Pond", 1, state((text("what"), [b"list", hidden]))]
    return door.each(
        [
            *bothWays(order, pond),
            board(1, beside=[*BESIDE, hidden]),
            envelope(hidden, 1),
        ]
    )


@row(isLoggedIn=True)
def unnamedValue(door: Door) -> list[str]:
    """
    Members of an Enum, records, named tuples and exceptions that are not named.
    """
    return door.each(
        bothWays(
            value(b"enum", b"app.HiddenColour", b"RED"),
            value(b"record", b"app.HiddenPoint", [b"x", 1]),
            value(b"namedtuple", b"app.HiddenPair", [b"a", 1]),
            value(b"exception", b"app.HiddenError", []),
            value(b"exception", b"builtins.SystemExit", []),
            value(b"record", b"subprocess.Popen", [b"args", b"true"]),
        )
    )


@row(isLoggedIn=True)
def wrongFlavor(door: Door) -> list[str]:
    """
    A class that is named, as something that it is not.
    """
    return door.each(
        bothWays(
            [b"app.Order", 1, NOTHING],
            [b"app.Pond", NOTHING],
            [b"app.Colour", NOTHING],
            value(b"record", b"app.Colour", [b"x", 1]),
            value(b"enum", b"app.Point", b"x"),
            value(b"enum", b"app.Colour", b"__class__"),
            value(b"record", b"app.Point", [b"__class__", 1]),
            value(b"nothing", b"app.Colour"),
        )
    )


# Imports and calls.


@row()
def imports(door: Door) -> list[str]:
    """
    What has Jelly import a module: a dotted name, and the forms for classes,
    modules and functions.
    """
    inside = UNSEEN + b".Thing"
    return door.each(
        bothWays(
            [inside, NOTHING],
            [b"module", UNSEEN],
            [b"class", inside],
            [b"function", inside],
            [b"instance", [b"class", inside], NOTHING],
            [b"method", b"run", [b"None"], [b"class", inside]],
            [b"function", b"os.system"],
            [b"class", b"subprocess.Popen"],
        )
    )


@row(isLoggedIn=True)
def importsAfterLogin(door: Door) -> list[str]:
    """
    The same, from who has logged in, and as values.
    """
    names = (
        value(b"record", UNSEEN + b".Thing"),
        value(b"exception", UNSEEN + b".T", []),
    )
    return imports(door) + door.each(bothWays(*names))


@row()
def persistent(door: Door) -> list[str]:
    """
    What is asked for by a name of the application's.
    """
    return door.each(bothWays([b"persistent", b"1"]))


STATES = [
    (text("postUnjelly"), [b"None"]),
    (text("__class__"), text("app.Hidden")),
    (text("__dict__"), NOTHING),
    (text("__reduce__"), 1),
    (text("shout"), 1),
    (b"shout", 1),
    (b"postUnjelly", 1),
    (text("setCopyableState"), 1),
    (b"\xff\xfe", 1),
    (1, 1),
    ([b"None"], 1),
    ([b"tuple", 1], 1),
]
"""Attributes that a peer must not choose."""


@row()
def attributeNames(door: Door) -> list[str]:
    """
    Attributes that hide a method, or that Python or Jelly would call.
    """
    names = "postUnjelly", "__class__", "__dict__", "__reduce__", "shout", "unjellyFor"
    packed = [copied(b"app.Greeting", (name, 1)) for name in names]
    things = [[b"app.Greeting", state(each)] for each in STATES]
    return door.each(bothWays(*things, *packed))


@row(isLoggedIn=True)
def attributeNamesAfterLogin(door: Door) -> list[str]:
    """
    The same for a cache, an exception, and a fresh state.
    """
    ponds = [[b"app.Pond", 1, state(each)] for each in STATES]
    names = b"__class__", b"__traceback__", b"with_traceback", b"postUnjelly"
    errors = [value(b"exception", b"app.Trouble", [], [each, 1]) for each in names]
    return door.each(bothWays(*ponds, *errors))


@row(isLoggedIn=True, mayBeIgnored=True)
def badFreshState(door: Door) -> list[str]:
    """
    The same in a fresh state, for a replica that is there.
    """

    def attack(attribute: Any, peer: Peer) -> str:
        fresh = [b"pbcopy.fresh", 1, state(attribute)]
        return _unanswered((b"fresh", 1, fresh), peer)

    return door.keeping(POND).ways(attack, STATES)


def _unanswered(message: tuple[Any, ...], peer: Peer) -> str:
    """
    Send something to pbcopy's own object, which has no answer to it but C{None}.
    """
    name, *arguments = message
    found = peer.tried(*arguments, target=b"pbcopy", method=name)
    return peer.afterwards() if found == "answer [b'None']" else found


@row()
def noState(door: Door) -> list[str]:
    """
    A state that is none.
    """
    states = 1, b"text", text("text"), [b"list", 1], [b"tuple", 1], 0.5, [b"set", 1]
    return door.each(bothWays(*([b"app.Greeting", each] for each in states)))


@row(needsBroker=True)
def malformed(door: Door) -> list[str]:
    """
    Lists that have not the form that Jelly wants.
    """
    return door.each(LISTS)


@row()
def malformedInEnvelope(door: Door) -> list[str]:
    """
    The same in an envelope, and envelopes that hold nothing.
    """
    bare = [b"pbcopy.envelope"], [b"pbcopy.envelope", 1], [b"pbcopy.envelope", b"\xc1"]
    more = [b"pbcopy.envelope", b"\x90", 1], [b"pbcopy.envelope", b"\x90" * 2]
    states = (
        b"",
        b"\xc1",
        b"\x90",
        b"\x81\x01\x01",
        b"\x81\xa1x",
        b"\x80\x80",
        1,
        [b"list"],
    )
    copies = [[b"pbcopy.envelope", b"app.Greeting", each] for each in states]
    odd = [b"pbcopy.envelope", [b"app.Greeting"], b"\x80"], copied(b"\xff\xfe")
    deep = [b"pbcopy.envelope", b"app.Greeting", b"\x81\xa1x" + b"\x91" * 5000]
    wholes = [*map(envelope, LISTS), *bare, *more, envelope()]
    return door.each([*wholes, *copies, *odd, deep])


LISTS: list[Any] = [
    [],
    [[]],
    [1],
    [0.5],
    [b"unicode"],
    [b"unicode", b"\xff"],
    [b"unicode", 1],
    [b"boolean"],
    [b"boolean", b"maybe"],
    [b"decimal", b"x", 1],
    [b"datetime", b"1"],
    [b"date", b"x"],
    [b"reference"],
    [b"dereference"],
    [b"reference", [], b"x"],
    [b"list", [b"reference", 1, [b"list"]], [b"reference", 1, [b"list"]]],
    [b"dictionary", 1],
    [b"dictionary", [1]],
    [b"dictionary", [[b"list"], 1]],
    [b"set", [b"list"]],
    [b"\xff", 1],
    [b"remote"],
    [b"app.Greeting"],
    [b"app.Greeting", NOTHING, 1, 2],
]
"""What Jelly cannot take."""


@row(needsBroker=True, errors=("builtins.AttributeError", "builtins.TypeError"))
def noArguments(door: Door) -> list[str]:
    """
    Arguments and keywords that are none.
    """

    def tried(arguments: Any, keywords: Any) -> str:
        return door.over(
            lambda peer: peer.tried(arguments=arguments, keywords=keywords)
        )

    things = 1, b"x", [b"None"], NOTHING, [b"tuple", 1, 2, 3, 4]
    return [tried(each, NOTHING) for each in things] + [
        tried([b"tuple"], each)
        for each in (1, [b"list"], state((1, 1)), state((text("x"), 1)))
    ]


# Sizes.


@row(needsBroker=True)
def depth(door: Door) -> list[str]:
    """
    Lists in lists in lists.
    """
    deep: Any = [b"list"]
    for _ in range(300):
        deep = [b"list", deep]
    return door.each([deep]) + door.says(Raw(b"\x01\x80" * 100_000 + b"\x00\x80"))


@row()
def depthInEnvelope(door: Door) -> list[str]:
    """
    Lists in lists in lists, in an envelope.
    """
    deep: Any = [b"list"]
    for _ in range(60):
        deep = [b"list", deep]
    packed = [b"pbcopy.envelope", b"\x91" * 5000 + b"\x90"]
    return door.each([envelope(deep), packed])


@row(isLoggedIn=True)
def depthOfDeclared(door: Door) -> list[str]:
    """
    Tuples in tuples, in the state of a declared class.
    """
    deep = Raw(b"\x92\x00\x91" * 300 + b"\xc0")
    packed = pack([0, [["app.Board", "title"]], [[1, 3, deep]], [], b"epoch", 1])
    tail = b"\x91" * 9000
    return door.each(bothWays(board(1, packed), board(1, b"\x94\x00\x90" + tail)))


@row(needsBroker=True)
def hugePrefix(door: Door) -> list[str]:
    """
    A list, a string or a number that says that it is huge.
    """
    prefix = base128(2**40)
    return door.says(
        *(Raw(prefix + kind) for kind in (b"\x80", b"\x82")),
        Raw(base128(640 * 1024 + 1) + b"\x82"),
        Raw(b"\x7f" * 100 + b"\x85"),
        Raw(b"\x7f" * 1000),
    )


@row(needsBroker=True)
def hugeMessage(door: Door) -> list[str]:
    """
    A message that never ends, of strings that are each as long as Banana takes.
    """

    def flood(peer: Peer) -> str:
        peer.say(Raw(base128(1000) + b"\x80"), b"message")
        for _ in range(100):
            peer.say(bytes(640 * 1024))
        return peer.afterwards()

    return [door.over(flood)]


@row()
def manyObjects(door: Door) -> list[str]:
    """
    More objects, items or bytes in an envelope than a stranger may send.
    """
    return door.each(
        [
            envelope([b"list", *[[b"list"]] * 200]),
            envelope([b"list", *range(200)]),
            envelope([b"list", bytes(9000)]),
            envelope([b"list", bytes(20_000)]),
            [b"pbcopy.envelope", b"\x90" * 600_000],
        ]
    )


@row(isLoggedIn=True)
def memoryBomb(door: Door) -> list[str]:
    """
    A few bytes each for very many lists, in an envelope, and in a declared state.
    """
    count = 600_000
    lists = b"\xdd" + struct.pack("!I", count) + b"\x90" * count
    bomb = [b"pbcopy.envelope", b"\x91" + lists]
    packed = b"\x96\x00\x90" + lists + b"\x90\xc4\x00\x00"
    promised = b"\xdd\x7f\xff\xff\xff"
    return door.each([bomb, board(1, packed), [b"pbcopy.envelope", promised]])


def _pieces(peer: Peer, count: int, size: int, number: Callable[[int], int]) -> None:
    for each in range(count):
        peer.send(b"pbcopy", b"piece", number(each), bytes(size))


@row(isLoggedIn=True, messages=1024 + 1000)
def pieces(door: Door) -> list[str]:
    """
    Pieces of a state that never comes: 64 MB of one, and a thousand of others.
    """

    def one(peer: Peer) -> str:
        _pieces(peer, 1024, 65536, lambda index: 1)
        return peer.tried([b"pbcopy.envelope", 1, 1024 * 65536])

    def many(peer: Peer) -> str:
        _pieces(peer, 1000, 65536, lambda index: index)
        return peer.tried([b"pbcopy.envelope", 1, 1])

    return [door.over(one), door.over(many)]


@row(isLoggedIn=True)
def bombInPieces(door: Door) -> list[str]:
    """
    Very many lists in an envelope that came in pieces, as large as it may be.
    """

    def attack(peer: Peer) -> str:
        size = 900_000 // 15
        for _ in range(15):
            peer.send(b"pbcopy", b"piece", 1, b"\x91" * size)
        return peer.tried([b"pbcopy.envelope", 1, 15 * size])

    def wide(peer: Peer) -> str:
        size = 900_000 // 15
        whole = b"\xdd" + struct.pack("!I", 15 * size - 5) + b"\x90" * (15 * size - 5)
        for index in range(15):
            part = whole[index * size : (index + 1) * size]
            peer.send(b"pbcopy", b"piece", 1, part)
        return peer.tried([b"pbcopy.envelope", 1, 15 * size])

    return [door.over(attack), door.over(wide)]


@row(isLoggedIn=True)
def caches(door: Door) -> list[str]:
    """
    Caches without end, in one message, and one after the other.
    """
    ponds = [[b"app.Pond", luid, NOTHING] for luid in range(1, 200)]
    many = [b"list", *ponds]
    kept = [b"list", *ponds[:100]]
    return [
        *door.each([many, envelope(many)]),
        *door.keeping(kept).each([[b"app.Pond", 500, NOTHING]]),
    ]


# Ids, and what refers to something.


@row()
def unknownObject(door: Door) -> list[str]:
    """
    A call of an object that is not there.
    """
    targets = 99, -1, b"nothing", 2**400, 0.5
    return door.ways(lambda target, peer: peer.tried(target=target), targets)


@row(needsBroker=True)
def unhashableId(door: Door) -> list[str]:
    """
    A call of something that is no id.
    """
    targets: list[Any] = [[], [1], [b"list", []]]
    return door.ways(lambda target, peer: peer.tried(target=target), targets)


@row(needsBroker=True, errors=("twisted.spread.flavors.NoSuchMethod",))
def unknownMethod(door: Door) -> list[str]:
    """
    A method that is not remote, or not there, or no name.
    """
    names: list[Any] = [b"nothing", b"__init__", b"_x", b"", b"greet.__call__", b"\xff"]
    return door.ways(lambda name, peer: peer.tried(method=name), [*names, 1, []])


REFERENCES = [
    [b"cached", 99],
    [b"cached", []],
    [b"cached"],
    [b"lcache", 99],
    [b"lcache", b"x"],
    [b"local", 99],
    [b"local", []],
    [b"local"],
]
"""What refers to nothing."""


@row(needsBroker=True)
def unknownReference(door: Door) -> list[str]:
    """
    Ids that were never given, as arguments.
    """
    return door.each(REFERENCES)


@row()
def unknownReferenceInEnvelope(door: Door) -> list[str]:
    """
    The same in an envelope.
    """
    return door.each(map(envelope, [*REFERENCES, [b"remote", b"x"], [b"remote"]]))


@row(isLoggedIn=True)
def idTwice(door: Door) -> list[str]:
    """
    An id that stands for another cache already, and ids that are none.
    """
    ponds = [[b"app.Pond", each, NOTHING] for each in (b"x", 0.5, [], [b"list"])]
    return [
        *door.keeping(POND).each([POND]),
        *door.each(bothWays(*ponds)),
    ]


@row(needsBroker=True, mayBeIgnored=True)
def unknownIdInVerb(door: Door) -> list[str]:
    """
    Ids that were never given, in the Broker's own verbs.
    """
    verbs = b"decref", b"decache", b"uncache"
    return door.says(
        *([verb, 99] for verb in verbs),
        *([verb, [1]] for verb in verbs),
        *([verb] for verb in verbs),
        [b"decref", b"root", b"root"],
    )


@row(isLoggedIn=True, needsBroker=True, messages=3)
def replayedId(door: Door) -> list[str]:
    """
    An id that was given, and taken back as often as it likes.
    """

    def attack(peer: Peer) -> str:
        peer.say(*[[b"decref", peer.target]] * 3)
        return peer.tried(method=b"ping")

    return [door.over(attack)]


@row(needsBroker=True, mayBeIgnored=True)
def answerForNoCall(door: Door) -> list[str]:
    """
    Answers and errors for calls that nobody made.
    """
    return door.says(
        [b"answer", 99, b"x"],
        [b"answer", [], b"x"],
        [b"error", 99, [b"app.Hidden", NOTHING]],
        [b"answer"],
    )


@row(needsBroker=True, mayBeIgnored=True)
def unknownVerb(door: Door) -> list[str]:
    """
    Messages that are none.
    """
    verbs: list[list[Any]] = [[b"nothing"], [b"\xff"], [1], [[]], [], [b"message"]]
    return door.says(*verbs, [b"message", 1], b"text", 1, 0.5)


@row(needsBroker=True)
def unknownToken(door: Door) -> list[str]:
    """
    Bytes that are no Banana, and a dialect that nobody offered.
    """
    return door.says(
        Raw(b"\x01\xff"),
        Raw(b"\x01\x87"),
        Raw(b"\x7f\x87"),
        Raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 10),
    )


@row(needsBroker=True)
def unknownDialect(door: Door) -> list[str]:
    """
    A dialect that was not offered, or something else in its place.
    """

    def attack(first: Any) -> str:
        peer = Peer(door.port)
        peer.say(first, first)
        found = peer.outcome(lambda: peer.answerTo(0))
        peer.close()
        return found

    dialects: list[Any] = [b"pc", [b"none"], 1, [[]]]
    return [attack(each) for each in dialects]


# Updates.


def _updates(door: Door, thing: Any, *updates: tuple[Any, ...]) -> list[str]:
    def update(way: tuple[Any, ...], peer: Peer) -> str:
        name, *arguments = way
        return peer.tried(*arguments, target=1, method=name, verb=b"cachemessage")

    return door.keeping(thing).ways(update, updates)


POND = [b"app.Pond", 1, NOTHING]


@row(isLoggedIn=True, errors=("builtins.AttributeError", "builtins.TypeError"))
def unknownUpdate(door: Door) -> list[str]:
    """
    Updates that a replica does not have, or not with these arguments.
    """
    names = b"nothing", b"__class__", b"", b"shout", b"add\x00", b"_x"
    hidden = [b"app.Hidden", NOTHING]
    return _updates(
        door, POND, *((each,) for each in names), (b"add",), (b"add", hidden)
    )


@row(needsBroker=True)
def updateOfNothing(door: Door) -> list[str]:
    """
    Updates of replicas that are not there.
    """
    targets: list[Any] = [1, b"root", [], -1]
    said = {"method": b"add", "verb": b"cachemessage"}
    return door.ways(lambda target, peer: peer.tried(target=target, **said), targets)


@row(isLoggedIn=True)
def badDelta(door: Door) -> list[str]:
    """
    Changes of a declared replica that are malformed, or mean nothing there.
    """
    packed: list[Any] = [
        b"",
        b"\xc1",
        b"\x90",
        b"\x94\x01\x90\x90",
        pack([1, [], [], []]) + b"\x00",
        pack([b"x", [], [], []]),
        delta(0, [1, 0, "title", "new"]),
        delta(7, [1, 0, "title", "new"]),
        delta(-1, [1, 0, "title", "new"]),
        delta(1, [1, 0, "title", 1]),
        delta(1, [1, 0, "title", [9]]),
        delta(1, [1, 0, "title", [2, 0]]),
        delta(1, [1, 2, 0, 0, []]),
        delta(1, [1, 99]),
        delta(1, [9, 0, "title", "new"]),
        delta(1, [1]),
        delta(1, nodes=[[1, 0]]),
        delta(1, nodes=[[2, 4]], shapes=[["app.Hidden", "x"]]),
        delta(1, nodes=[[2, 4, 1]], shapes=[["app.Hidden", "x"]]),
        delta(1, *[[1, 0, "title", "new"]] * 12_000),
        b"\x94\x01\x90\x90\xdd\x00\x08\x00\x00" + b"\x90" * 2**19,
    ]
    return _updates(
        door,
        board(1),
        *((b"pbcopy.delta", each) for each in packed),
        (b"pbcopy.delta",),
        (b"pbcopy.delta", 1),
        (b"pbcopy.delta", text("x")),
        (b"pbcopy.delta", BOARD, 1),
        (b"pbcopy.delta", delta(1), BESIDE, 1),
        (b"pbcopy.delta", delta(1), BESIDE, 1, delta(1), BESIDE),
        (b"set", [b"list", text("__class__")], 1),
        (b"set", [b"list"], 1),
        (b"set", 1, 1),
        (b"splice", [b"list", text("title")], 0, 0, [b"list"]),
    )


@row(isLoggedIn=True, mayBeIgnored=True)
def meaninglessDelta(door: Door) -> list[str]:
    """
    Changes of attributes that are not declared, which a later version of the class
    may have: a replica takes no notice.
    """
    names = "other", "__class__", "__dict__", "observe_add", "postUnjelly"
    changes = [delta(1, [1, 0, name, "new"]) for name in names]
    found = _updates(door, board(1), *((b"pbcopy.delta", each) for each in changes))
    return ["ignored" if each == "answer [b'None']" else each for each in found]


@row(isLoggedIn=True)
def badState(door: Door) -> list[str]:
    """
    States of a declared replica that are malformed.
    """
    shape = ["app.Board", "title"]
    packed = [
        b"",
        b"\xc1",
        pack([0, [], [], [], b"epoch", 0]),
        pack([0, [shape], [[1, 3]], [], b"epoch", 1]),
        pack([0, [shape], [[1, 3, 1]], [], b"epoch", 1]),
        pack([0, [shape], [[1, 3, [2]]], [], b"epoch", 1]),
        pack([0, [shape], [[1, 0, "x"]], [], b"epoch", 1]),
        pack([0, [shape, shape], [[1, 3, "x"], [1, 3, "x"]], [], b"epoch", 1]),
        pack([0, [["app.Hidden", "title"]], [[1, 3, "x"]], [], b"epoch", 1]),
        pack([0, [["app.Board", "__class__"]], [[1, 3, "x"]], [], b"epoch", 1]),
        pack([0, [["app.Board", "title", "title"]], [[1, 3, "x", "x"]], [], b"e", 1]),
        pack([0, [[1]], [[1, 3, "x"]], [], b"epoch", 1]),
    ]
    return door.each(bothWays(*(board(1, each) for each in packed), board(1, BOARD, 1)))


@row(isLoggedIn=True)
def deltaForAnother(door: Door) -> list[str]:
    """
    A change of what is not declared, and of a replica that is another's.
    """
    change = delta(1, [1, 0, "title", "new"])
    return _updates(
        door,
        POND,
        (b"pbcopy.delta", change),
        (b"pbcopy.delta", change, BESIDE, 2, change, BESIDE),
    )


# The channel between two pbcopys.


MESSAGES: list[tuple[Any, ...]] = [
    (b"nothing",),
    (b"__init__",),
    (b"release", 1),
    (b"release", [b"list"], [b"list"]),
    (b"release", b"x", b"y"),
    (b"recount", 1),
    (b"recount", [b"list"], 1),
    (b"known", [b"list"]),
    (b"forget", [b"list"]),
    (b"spent", [b"list"]),
    (b"refresh",),
    (b"refresh", [b"list"], 1),
    (b"missed", [b"list"], 1, 1),
    (b"missed",),
    (b"fresh",),
    (b"fresh", 1, [b"app.Hidden", NOTHING]),
    (b"piece",),
    (b"piece", b"x", b"x"),
    (b"piece", 1, b""),
    (b"piece", 1, bytes(65537)),
    (b"piece", [b"list"], b"x"),
    (b"acknowledge", 1),
]
"""Messages to the hub that mean nothing."""


@row()
def hub(door: Door) -> list[str]:
    """
    Messages to pbcopy's own object that mean nothing.
    """

    def say(message: tuple[Any, ...], peer: Peer) -> str:
        name, *arguments = message
        return peer.tried(*arguments, target=b"pbcopy", method=name)

    return door.ways(say, MESSAGES)


@row(isLoggedIn=True, mayBeIgnored=True)
def hubIds(door: Door) -> list[str]:
    """
    Messages to pbcopy's own object about ids that were never given.
    """
    messages: list[tuple[Any, ...]] = [
        (b"release", 99, 1, -1, 1, 2**400, 0),
        (b"recount", 99, 1, 1, -5, 1, 2**400),
        (b"known", 99, -1, 1),
        (b"forget", 99, -1),
        (b"spent", 99, -1),
        (b"refresh", 99, text("x" * 10_000)),
        (b"missed", 1, text("line\nline\n" * 1000), 1),
        (b"fresh", 99, [b"pbcopy.fresh", 99, NOTHING]),
        (b"acknowledge",),
        (b"hello", *map(text, ["heard", "release", "replica:x" * 1000])),
    ]
    return door.ways(_unanswered, messages)


# Values.


@row()
def zones(door: Door) -> list[str]:
    """
    Names of time zones that are names of files.
    """
    names = b"/etc/passwd", b"../../../../etc/passwd", b"x\x00", b"", b".", b"\xff"
    return door.each(bothWays(*(value(b"ZoneInfo", each) for each in names)))


@row()
def values(door: Door) -> list[str]:
    """
    Values of the kinds that pbcopy adds, with nonsense in them.
    """
    return door.each(
        bothWays(
            value(b"complex", b"x"),
            value(b"range", 0, 1, 0),
            value(b"UUID", b"x"),
            value(b"Fraction", 1, 0),
            value(b"Decimal", b"1e"),
            value(b"datetime", b"x"),
            value(b"deque", b"x"),
            value(b"defaultdict", b"x"),
            value(b"OrderedDict", [1]),
            value(b"bytearray", 10**9),
            value(b"PurePosixPath", 1),
            [b"pbcopy.value", []],
            [b"pbcopy.value"],
        )
    )


# Login, and time.


@row(needsBroker=True, errors=("twisted.cred.error.UnauthorizedLogin",))
def wrongPassword(door: Door) -> list[str]:
    """
    A wrong password, the answer to another challenge, and a user that is none.
    """

    def attack(way: tuple[Any, Any], peer: Peer) -> str:
        name, response = way
        asked = peer.ask(b"root", b"login", name)
        return peer.tried(response, [b"None"], target=asked[2][2][1], method=b"respond")

    ways = [(USER, b"x"), (b"nobody", b"x"), (USER, [b"None"])]
    return door.ways(attack, ways)


@row(mayBeIgnored=True)
def half(door: Door) -> list[str]:
    """
    Half a message, and then nothing: the server waits, and others do not.
    """
    first, second = door.peer(), door.peer()
    first.say(Raw(base128(6) + b"\x80"), b"message", Raw(base128(600_000) + b"\x82"))
    first.say(Raw(bytes(500_000)))
    found = second.afterwards()
    first.close()
    second.close()
    return [found]


@row(needsBroker=True)
def loiter(door: Door) -> list[str]:
    """
    Nothing at all, and a call now and then, and no login.
    """

    def nothing(peer: Peer) -> str:
        return peer.outcome(lambda: peer.answerTo(0))

    def calls(peer: Peer) -> str:
        for _ in range(100):
            found = peer.outcome(lambda: peer.ask(b"root", b"ping"))
            if found == "closed":
                return found
            peer.pause(0.1)
        return "it may go on"

    return [door.over(nothing), door.over(calls)]


@row(isLoggedIn=True)
def deaf(door: Door) -> list[str]:
    """
    Updates of 30 MB are asked for, and not read.
    """

    def attack(peer: Peer) -> str:
        peer.ask(peer.target, b"noise")
        call = peer.send(peer.target, b"bustle", 3000)
        # Others are told of the noise before this answer comes.
        second = door.peer()
        second.afterwards()
        second.close()
        return peer.outcome(lambda: peer.answerTo(call))

    return [door.over(attack)]


@row()
def drip(door: Door) -> list[str]:
    """
    A message that is refused, byte by byte.
    """

    def attack(peer: Peer) -> str:
        call = [b"tuple", [b"app.Hidden", NOTHING]]
        message = [b"message", 7, b"root", b"greet", 1, call, NOTHING]
        for byte in banana(message):
            peer.say(Raw(bytes([byte])))
        return peer.outcome(lambda: peer.answerTo(7))

    return [door.over(attack)]


@row(needsBroker=True)
def flood(door: Door) -> list[str]:
    """
    Calls without end before login.
    """

    def attack(peer: Peer) -> str:
        calls = [peer.send(b"root", b"login", USER) for _ in range(3000)]
        return peer.outcome(lambda: peer.answerTo(calls[-1]))

    return [door.over(attack)]


# What is no attack.


def welcome(port: int) -> list[str]:
    """
    What an honest peer does.  Where this is not taken, a refusal means nothing.
    """
    greeting = [b"app.Greeting", state((text("words"), text("hello")))]
    found = Door(port, False).each(bothWays(greeting))
    door = Door(port, True)
    point = value(b"record", b"app.Point", [b"x", 1])
    things = [[b"app.Order", NOTHING], POND, board(1), point]
    things += [value(b"enum", b"app.Colour", b"RED")]
    things += [value(b"exception", b"app.Trouble", [])]
    found += door.each(bothWays(*things))
    title = delta(1, [1, 0, "title", "new"])
    found += _updates(door, POND, (b"add", 1))
    return found + _updates(door, board(1), (b"pbcopy.delta", title))


def main(port: int) -> None:
    """
    Do what stdin says, line by line.
    """
    for line in sys.stdin:
        name = line.strip()
        if name == "welcome":
            found = welcome(port)
        elif name == "misbehave":
            found = [
                Door(port, True).over(lambda peer: peer.tried(method=b"misbehave"))
            ]
        elif name == "modules":
            found = sorted(sys.modules)
        else:
            what = ROWS[name]
            found = what.attack(Door(port, what.isLoggedIn))
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
