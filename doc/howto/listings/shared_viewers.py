"""
Each viewer has what it may see.
"""

from dataclasses import dataclass, field

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.credentials import UsernamePassword
from twisted.cred.portal import IRealm, Portal
from zope.interface import implementer

import pbcopy
from pbcopy import pb
from pbcopy.testing import connect


def mayLook(hand, player):
    return hand.isOpen or player.name == hand.owner


@pbcopy.shared
@dataclass
class Hand(pb.Copyable):
    """
    The cards of one player.
    """

    owner: str
    isOpen: bool = False
    count: int = 0
    cards: list[str] = pbcopy.field(default_factory=list, visibleTo=mayLook)

    def take(self, card):
        self.cards.append(card)
        self.count += 1


@pbcopy.shared
@dataclass
class Game(pb.Cacheable):
    """
    The hands of all players.
    """

    hands: dict[str, Hand] = field(default_factory=dict)


@pbcopy.replicaOf(Hand)
class HandView(pb.RemoteCopy):
    """
    A hand, as one player sees it.
    """


@pbcopy.replicaOf(Game)
class GameView(pb.RemoteCache):
    """
    The game, as one player sees it.
    """


game = Game({name: Hand(name) for name in ("alice", "bob")})


class Player(pb.Avatar):
    """
    The perspective of one user.
    """

    def __init__(self, name):
        self.name = name

    def perspective_play(self):
        return game


@implementer(IRealm)
class Realm:
    """
    It gives each user a L{Player}.
    """

    def requestAvatar(self, avatarId, mind, *interfaces):
        return pb.IPerspective, Player(avatarId.decode()), lambda: None


class Client:
    """
    A user, who logs in over a connection of one's own and plays.
    """

    def __init__(self, portal, name):
        self.name = name
        factory = pb.PBClientFactory()
        self.connection = connect(pb.PBServerFactory(portal), factory)
        login = factory.login(UsernamePassword(name, b"password"))
        login.addCallback(lambda player: player.callRemote("play"))
        login.addCallback(self.play)
        self.connection.deliver()

    def play(self, view):
        self.view = view
        view.subscribe(self.show)

    def show(self, changes):
        for change in changes:
            print(f"{self.name.decode()} hears: {change}")


users = InMemoryUsernamePasswordDatabaseDontUse(alice=b"password", bob=b"password")
portal = Portal(Realm(), [users])
alice = Client(portal, b"alice")
bob = Client(portal, b"bob")


def deliver():
    alice.connection.deliver()
    bob.connection.deliver()


hand = game.hands["bob"]
hand.take("king")
deliver()

print("now bob shows his hand")
with pbcopy.changing(game):
    hand.isOpen = True
    pbcopy.viewersChanged(game)
deliver()

print("now he hides it")
with pbcopy.changing(game):
    hand.isOpen = False
    pbcopy.viewersChanged(game)
deliver()
print("cards" in vars(alice.view.hands["bob"]), vars(bob.view.hands["bob"]))
