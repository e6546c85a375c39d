"""
Two users, each with a view of one's own: of a copy, and of a cache.
"""

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.credentials import UsernamePassword
from twisted.cred.portal import IRealm, Portal
from zope.interface import implementer

from pbcopy import pb
from pbcopy.testing import connect


class Letter(pb.Copyable):
    """
    Its sender and its receiver can read it, and nobody else.
    """

    def __init__(self, text, readers):
        self.text = text
        self.readers = readers

    def getStateToCopyFor(self, perspective):
        readable = perspective.name in self.readers
        return {"text": self.text if readable else "(sealed)"}


class Hands(pb.Cacheable):
    """
    The cards of all players, of which each player sees the own ones.
    """

    def __init__(self):
        self.cards = {"alice": ["ace"], "bob": ["ten"]}
        self.observers = {}

    def deal(self, name, card):
        self.cards[name].append(card)
        for observer, perspective in self.observers.items():
            shown = card if perspective.name == name else "?"
            observer.callRemote("deal", name, shown).addErrback(lambda f: None)

    def getStateToCacheAndObserveFor(self, perspective, observer):
        self.observers[observer] = perspective
        return {
            "cards": {
                name: cards if name == perspective.name else ["?"] * len(cards)
                for name, cards in self.cards.items()
            }
        }

    def stoppedObserving(self, perspective, observer):
        del self.observers[observer]


class LetterView(pb.RemoteCopy):
    """
    A letter, as one user sees it.
    """


class HandsView(pb.RemoteCache):
    """
    The cards, as one player sees them.
    """

    def observe_deal(self, name, card):
        self.cards[name].append(card)


pb.setUnjellyableForClass(Letter, LetterView)
pb.setUnjellyableForClass(Hands, HandsView)

letter = Letter("dinner at eight", ["alice"])
hands = Hands()


class Player(pb.Avatar):
    """
    The perspective of one user.
    """

    def __init__(self, name):
        self.name = name

    def perspective_read(self):
        return letter

    def perspective_play(self):
        return hands


@implementer(IRealm)
class Realm:
    """
    It gives each user a L{Player}.
    """

    def requestAvatar(self, avatarId, mind, *interfaces):
        return pb.IPerspective, Player(avatarId.decode()), lambda: None


class Client:
    """
    A user, who logs in over a connection of one's own and fetches all.
    """

    def __init__(self, portal, name):
        factory = pb.PBClientFactory()
        self.connection = connect(portal, factory)
        login = factory.login(UsernamePassword(name, b"password"))
        login.addCallback(self.fetch)
        self.connection.deliver()

    def fetch(self, player):
        player.callRemote("read").addCallback(lambda letter: print(letter.text))
        player.callRemote("play").addCallback(self.gotHands)

    def gotHands(self, hands):
        self.hands = hands


users = InMemoryUsernamePasswordDatabaseDontUse(alice=b"password", bob=b"password")
portal = Portal(Realm(), [users])
alice = Client(portal, b"alice")
bob = Client(portal, b"bob")
hands.deal("bob", "king")
for client in (alice, bob):
    client.connection.deliver()
    print(client.hands.cards)
