"""
Classes with the names of those in animals.py, for C{setUnjellyableForClassTree}.
"""

from pbcopy import pb


class AnimalView(pb.RemoteCopy):
    """
    What arrives of an animal.
    """


class Duck(AnimalView):
    """
    What arrives of a duck.
    """


class Goose(AnimalView):
    """
    What arrives of a goose.
    """
