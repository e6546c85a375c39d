"""
The four ways to say what represents a class.
"""

import animal_views
import animals

from pbcopy import pb
from pbcopy.testing import sendAcross


class FrogView(pb.RemoteCopy):
    """
    What arrives of a frog.
    """


class ToadView(pb.RemoteCopy):
    """
    What arrives of a toad.
    """


def makeNewt(state):
    return f"a newt called {state['name']}"


# The class itself, where this side can import it.
pb.setUnjellyableForClass(animals.Frog, FrogView)

# Its name, where it cannot.
pb.setUnjellyableForClass("animals.Toad", ToadView)

# A factory, which takes the state and gives any object.
pb.setUnjellyableFactoryForClass("animals.Newt", makeNewt)

# All classes of a module that derive from a base class: animal_views.Duck
# stands for animals.Duck, and so on.
pb.setUnjellyableForClassTree(animal_views, animal_views.AnimalView, "animals")

for animal in (animals.Frog, animals.Toad, animals.Duck, animals.Goose):
    arrived = sendAcross(animal("pat"))
    print(type(arrived).__module__, type(arrived).__name__, arrived.name)
print(sendAcross(animals.Newt("pat")))
