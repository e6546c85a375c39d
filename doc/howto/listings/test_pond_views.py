"""
Tests for two views of a declared pond: a declared one, and one by hand.

Run: PYTHONPATH=. trial test_pond_views
"""

import byhand_view
import duckpond
from duckpond import Duck, DuckPond
from looking import Park
from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import pb
from pbcopy.testing import connect


class FollowingTests:
    """
    What a view of the pond does.
    """

    def setUp(self):
        self.register()
        self.pond = DuckPond(ducks=[Duck("Donald"), Duck("Daisy", ["bread"])])
        server = pb.PBServerFactory(Park(self.pond))
        self.connection = connect(server, self.clientFactory())
        call = self.connection.root.callRemote("look")
        self.connection.deliver()
        self.view = self.successResultOf(call)

    def assertFollows(self):
        """
        Assert that the view has what the pond has.
        """
        self.connection.deliver()
        self.assertEqual(self.shown(self.pond), self.shown(self.view))

    def shown(self, pond):
        ducks = [(duck.name, duck.food) for duck in pond.ducks]
        queen = pond.queen and (pond.queen.name, pond.queen.food)
        return pond.colour, ducks, queen, pond.depths, pond.closed

    def test_state(self):
        """
        The state arrives, without the private field.
        """
        self.assertIsInstance(self.view, self.viewClass)
        self.assertFollows()
        self.assertFalse(hasattr(self.view, "gate"))

    def test_attributes(self):
        """
        An attribute is set.
        """
        self.pond.colour = "brown"
        self.pond.queen = self.pond.ducks[1]
        self.pond.ducks[0].name = "Dagobert"
        self.pond.gate = b"4321"
        self.assertFollows()
        self.assertFalse(hasattr(self.view, "gate"))

    def test_lists(self):
        """
        A list is changed in each way that there is.
        """
        food = self.pond.ducks[1].food
        food += ["corn", "peas", "algae"]
        self.assertFollows()
        food.sort()
        self.assertFollows()
        del food[::2]
        self.assertFollows()
        food[1:1] = ["snails", "worms"]
        food.reverse()
        self.pond.ducks.insert(1, Duck("Gus"))
        self.assertFollows()
        food.append("grass")
        self.pond.ducks.pop(0)
        self.assertFollows()

    def test_dicts(self):
        """
        Keys of a dict are set and removed.
        """
        self.pond.depths |= {"north": (1.0, 2.5), "south": (0.5, 1.0)}
        self.assertFollows()
        del self.pond.depths["north"]
        self.pond.depths.setdefault("west", (3.0, 4.0))
        self.assertFollows()
        self.pond.depths.clear()
        self.assertFollows()

    def test_sets(self):
        """
        Members of a set come and go.
        """
        self.pond.closed |= {"north", "south"}
        self.assertFollows()
        self.pond.closed ^= {"south", "west"}
        self.assertFollows()

    def test_blocks(self):
        """
        What is changed in a block arrives.
        """
        with pbcopy.changing(self.pond):
            self.pond.ducks.append(Duck("Gus"))
            self.pond.ducks[2].food.append("corn")
            self.pond.queen = self.pond.ducks[2]
            del self.pond.ducks[0]
        self.assertFollows()

    def test_oneDuckInTwoPlaces(self):
        """
        A duck that is in two places changes in both.
        """
        self.pond.queen = self.pond.ducks[0]
        self.pond.ducks[0].food.append("corn")
        self.pond.queen.name = "Dagobert"
        self.assertFollows()


class DeclaredTests(FollowingTests, SynchronousTestCase):
    """
    The declared view.
    """

    viewClass = duckpond.PondView
    clientFactory = pb.PBClientFactory

    def register(self):
        pb.setUnjellyableForClass(Duck, duckpond.DuckView)
        pb.setUnjellyableForClass(DuckPond, duckpond.PondView)


class ByHandTests(FollowingTests, SynchronousTestCase):
    """
    The view by hand.
    """

    viewClass = byhand_view.PondView
    clientFactory = stock.PBClientFactory

    def register(self):
        stock.setUnjellyableForClass(Duck, byhand_view.DuckView)
        stock.setUnjellyableForClass(DuckPond, byhand_view.PondView)
