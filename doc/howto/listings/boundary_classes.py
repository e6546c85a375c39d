"""
What the shop of boundary_server.tac and its customers send to each other.
"""

from dataclasses import dataclass
from enum import Enum

import pbcopy
from pbcopy import pb


class Question(pb.Copyable, pb.RemoteCopy):
    """
    What anybody may ask.
    """

    def __init__(self, subject):
        self.subject = subject


class Size(Enum):
    """
    How large a thing is.
    """

    SMALL = 1
    LARGE = 2


@pbcopy.shared
@dataclass
class Order(pb.Copyable):
    """
    What a customer orders.
    """

    what: str
    count: int
    size: Size


@pbcopy.replicaOf(Order)
class OrderView(pb.RemoteCopy):
    """
    What the shop has of it.
    """


class Payment(pb.Copyable, pb.RemoteCopy):
    """
    What a customer pays.
    """

    def __init__(self, amount):
        self.amount = amount


class Complaint(pb.Copyable, pb.RemoteCopy):
    """
    What a customer has to say.
    """


class Coupon(pb.Copyable, pb.RemoteCopy):
    """
    What the shop itself sends, and does not take.
    """


for each in (Question, Payment, Complaint, Coupon):
    pb.setUnjellyableForClass(each, each)
