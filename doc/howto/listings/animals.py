"""
What registering.py sends.
"""

from pbcopy import pb


class Animal(pb.Copyable):
    """
    An animal.
    """

    def __init__(self, name):
        self.name = name


class Frog(Animal):
    """
    It is registered with its class.
    """


class Toad(Animal):
    """
    It is registered under its name.
    """


class Newt(Animal):
    """
    It is registered with a factory.
    """


class Duck(Animal):
    """
    It is registered with all that animal_views.py has.
    """


class Goose(Animal):
    """
    It is, too.
    """
