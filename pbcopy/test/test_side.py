# -*- test-case-name: pbcopy.test.test_side -*-
"""
Tests for L{pbcopy._side}.
"""

from __future__ import annotations

from twisted.internet.interfaces import IConsumer, IPushProducer, ITransport
from twisted.spread import pb
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from pbcopy._side import Side


@implementer(IPushProducer)
class Producer:
    """
    What writes what it is told to, and notes what it is asked.
    """

    def __init__(self, side: Side, *pieces: bytes) -> None:
        self.side = side
        self.pieces = list(pieces)
        self.asked: list[str] = []

    def pauseProducing(self) -> None:
        """
        Note it.
        """
        self.asked.append("pause")

    def resumeProducing(self) -> None:
        """
        Write the next piece, if there is one.
        """
        self.asked.append("resume")
        if self.pieces:
            self.side.write(self.pieces.pop(0))
        else:
            self.side.unregisterProducer()

    def stopProducing(self) -> None:
        """
        Note it.
        """
        self.asked.append("stop")


class SideTests(SynchronousTestCase):
    """
    A L{Side} gives what was written to it, with what hinders it.
    """

    def setUp(self) -> None:
        """
        Make a side.
        """
        self.side = Side(pb.Broker(), "the side")

    def steps(self, count: int) -> list[bytes]:
        """
        Make some steps, and give what each delivers.
        """
        taken = []
        for _ in range(count):
            self.side.tick()
            taken.append(self.side.take(None))
        return taken

    def test_interfaces(self) -> None:
        """
        It is a transport and a consumer.
        """
        verifyObject(ITransport, self.side)
        verifyObject(IConsumer, self.side)
        verifyObject(IPushProducer, Producer(self.side))

    def test_delay(self) -> None:
        """
        What is written waits for so many steps.
        """
        self.side.delay = 2
        self.side.write(b"abc")
        self.assertTrue(self.side.isMoving())
        self.assertEqual(b"abc", self.side.outgoing)
        self.assertEqual([b"", b"", b"abc", b""], self.steps(4))
        self.assertFalse(self.side.isMoving())

    def test_aDelayKeepsTheOrder(self) -> None:
        """
        What is written later does not arrive earlier, whatever the delays.
        """
        self.side.delay = 2
        self.side.write(b"a")
        self.side.delay = 0
        self.side.write(b"b")
        self.side.delay = 1
        self.side.write(b"c")
        self.assertEqual(b"abc", self.side.outgoing)
        self.assertEqual([b"", b"", b"abc"], self.steps(3))

    def test_rate(self) -> None:
        """
        A slow peer reads so many bytes in a step.
        """
        self.side.rate = 2
        self.side.write(b"abcde")
        self.assertEqual(2, self.side.ready())
        self.assertEqual([b"ab", b"cd", b"e", b""], self.steps(4))

    def test_held(self) -> None:
        """
        A side that is held gives nothing, and does not close.
        """
        self.side.held = True
        self.side.write(b"a")
        self.assertEqual((0, [b""]), (self.side.ready(), self.steps(1)))
        self.side.clear()
        self.side.loseConnection()
        self.assertFalse(self.side.isMoving())
        self.side.held = False
        self.assertTrue(self.side.isOver())

    def test_cutAfter(self) -> None:
        """
        The byte before the cut is given; the byte after it is not.
        """
        self.side.write(b"abcde")
        self.side.cutAfter(3)
        self.assertFalse(self.side.isOver())
        self.assertEqual(b"ab", self.side.take(2))
        self.assertFalse(self.side.isOver())
        self.assertEqual(b"c", self.side.take(2))
        self.assertTrue(self.side.isOver())
        self.assertEqual(b"", self.side.take(2))

    def test_cutAfterNothing(self) -> None:
        """
        A cut after no byte is due at once, held or not.
        """
        self.side.held = True
        self.side.cutAfter(0)
        self.assertTrue(self.side.isOver())
        self.assertTrue(self.side.isMoving())

    def test_aStreamingProducer(self) -> None:
        """
        A streaming producer is paused with each write while there is more than the
        buffer holds, as Twisted does it, and resumed once when all is delivered.
        """
        producer = Producer(self.side, b"more")
        self.side.bufferSize = 4
        self.side.registerProducer(producer, True)
        self.side.write(b"1234")
        self.assertEqual([], producer.asked)
        self.side.write(b"5")
        self.side.write(b"6")
        self.assertEqual(["pause", "pause"], producer.asked)
        self.side.take(5)
        self.assertEqual(["pause", "pause"], producer.asked)
        self.side.take(5)
        self.assertEqual(["pause", "pause", "resume"], producer.asked)
        self.assertEqual(b"more", self.side.outgoing)
        self.side.take(4)
        self.assertEqual(["pause", "pause", "resume"], producer.asked)

    def test_whatIsDelayedFillsTheBuffer(self) -> None:
        """
        What is under way counts as not delivered.
        """
        producer = Producer(self.side)
        self.side.bufferSize, self.side.delay = 4, 1
        self.side.registerProducer(producer, True)
        self.side.write(b"123")
        self.side.write(b"45")
        self.assertEqual(["pause"], producer.asked)
        self.assertEqual([b""], self.steps(1))
        self.side.write(b"6")
        self.assertEqual([b"12345"], self.steps(1))
        self.assertEqual(["pause", "pause"], producer.asked)
        self.assertEqual([b"6"], self.steps(1))
        self.assertEqual(["pause", "pause", "resume"], producer.asked)

    def test_aPullProducer(self) -> None:
        """
        A pull producer is asked when it is registered, and whenever all is
        delivered; the connection closes when it is done.
        """
        producer = Producer(self.side, b"a", b"b")
        self.side.registerProducer(producer, False)
        self.side.loseConnection()
        self.assertEqual(["resume"], producer.asked)
        self.assertEqual([b"a", b"b"], self.steps(2))
        self.assertTrue(self.side.isOver())
        self.assertEqual(["resume"] * 3, producer.asked)

    def test_aPullProducerThatIsLate(self) -> None:
        """
        The connection does not close before a pull producer has said that it is
        done.
        """
        producer = Producer(self.side, b"")
        self.side.registerProducer(producer, False)
        self.side.loseConnection()
        self.assertFalse(self.side.isOver())
        self.side.write(b"a")
        self.assertEqual([b"a"], self.steps(1))
        self.assertTrue(self.side.isOver())

    def test_abort(self) -> None:
        """
        A side that is held cannot keep its own Broker from aborting.
        """
        self.side.held = True
        self.side.write(b"a")
        self.side.abortConnection()
        self.assertEqual(b"", self.side.outgoing)
        self.assertTrue(self.side.isOver())

    def test_twoProducers(self) -> None:
        """
        There is one producer at a time.
        """
        one, other = Producer(self.side), Producer(self.side)
        self.side.registerProducer(one, True)
        with self.assertRaises(RuntimeError):
            self.side.registerProducer(other, True)
        self.side.unregisterProducer()
        self.side.registerProducer(other, True)

    def test_aLostConnectionStopsTheProducer(self) -> None:
        """
        A producer is told that the connection is gone, now or when it comes.
        """
        producer = Producer(self.side)
        self.side.registerProducer(producer, True)
        self.side.write(b"a")
        self.side.lose()
        self.assertEqual((["stop"], b""), (producer.asked, self.side.outgoing))
        self.side.broker.disconnected = 1
        late = Producer(self.side)
        self.side.registerProducer(late, False)
        self.assertEqual(["stop"], late.asked)

    def test_repr(self) -> None:
        """
        It says what it is, and how much it has.
        """
        self.side.write(b"abc")
        self.assertEqual("<the side, 3 bytes to deliver>", repr(self.side))
