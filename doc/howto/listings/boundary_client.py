"""
Try what the shop of boundary_server.tac takes.

Run: python boundary_client.py [port]
"""

import sys

from boundary_classes import Complaint, Coupon, Order, Payment, Question, Size
from twisted.cred.credentials import UsernamePassword
from twisted.internet.defer import Deferred
from twisted.internet.task import react

import pbcopy
from pbcopy import pb


async def tryTo(what, call):
    try:
        print(f"{what}: {await call}")
    except pbcopy.Violation as violation:
        print(f"{what}: {violation}")


async def visit(factory):
    try:
        door = await factory.getRootObject()
    except Exception as error:
        raise SystemExit(f"no shop: {error}") from None
    await tryTo("stranger asks", door.callRemote("ask", Question("ducks")))
    await tryTo("stranger pays", door.callRemote("ask", Payment(5)))
    long = Question("ducks" * 1000)
    await tryTo("stranger asks at length", door.callRemote("ask", long))

    me = await factory.login(UsernamePassword(b"alice", b"secret"))
    ducks = Order("ducks", 2, Size.LARGE)
    await tryTo("alice orders", me.callRemote("order", ducks))
    ducks.count = "two"
    await tryTo("alice orders 'two'", me.callRemote("order", ducks))
    await tryTo("alice pays", me.callRemote("pay", Payment(5)))
    await tryTo("alice complains", me.callRemote("complain", Complaint()))
    await tryTo("alice has a coupon", me.callRemote("pay", Coupon()))


def main(reactor, port="8800"):
    factory = pb.PBClientFactory()
    reactor.connectTCP("127.0.0.1", int(port), factory)
    return Deferred.fromCoroutine(visit(factory))


if __name__ == "__main__":
    react(main, sys.argv[1:])
