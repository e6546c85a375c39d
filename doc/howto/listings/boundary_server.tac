"""
A shop that takes questions from strangers, and more from its customers.

Run: twistd -ny boundary_server.tac
"""

import os
import sys

from twisted.application import service, strports
from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.portal import IRealm, Portal
from zope.interface import implementer

import pbcopy
from pbcopy import pb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from boundary_classes import Complaint, OrderView, Payment, Question


class Door(pb.Referenceable):
    """
    What a stranger may call.
    """

    def __init__(self, gate):
        self.gate = gate

    def remote_login(self, username):
        return self.gate.remote_login(username)

    def remote_ask(self, question):
        return f"{question.subject}: come in and see"


class Customer(pb.Avatar):
    """
    What a customer may call, too.
    """

    def perspective_order(self, order):
        return f"{order.count} {order.what}, {order.size.name}"

    def perspective_pay(self, payment):
        return f"{payment.amount} received"

    def perspective_complain(self, complaint):
        return "sorry"


@implementer(IRealm, pb.IPBRoot)
class Shop:
    """
    What a connection finds, and who comes in.
    """

    def __init__(self, checker):
        self.portal = Portal(self, [checker])

    def rootObject(self, broker):
        return Door(pb.IPBRoot(self.portal).rootObject(broker))

    def requestAvatar(self, name, mind, *interfaces):
        return pb.IPerspective, Customer(), lambda: None


policy = pbcopy.Policy()
policy.allowArriving(Question)
policy.allowArriving(OrderView, Payment, Complaint, afterLogin=True)
policy.limit(MAX_STATE=1_000_000, MAX_OBJECTS=10_000, MAX_CACHES=100)
policy.limit(beforeLogin=True, MAX_STATE=1000, MAX_OBJECTS=10, MAX_PIECES=0)
print(policy.describe())

users = InMemoryUsernamePasswordDatabaseDontUse(alice=b"secret")
factory = pb.PBServerFactory(Shop(users), security=policy)
factory.protocol = pbcopy.Broker
port = os.environ.get("PB_PORT", "8800")
application = service.Application("shop")
server = strports.service(f"tcp:{port}:interface=127.0.0.1", factory)
server.setServiceParent(application)
