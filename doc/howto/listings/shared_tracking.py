"""
What is seen, and what is refused.
"""

from collections import Counter

from duckpond import Duck, DuckPond
from looking import look

import pbcopy


class Egg:
    """
    An object as any other.
    """


pond = DuckPond()
connection, view = look(pond)

duck = Duck("Donald")
pond.ducks.append(duck)
pond.queen = duck
duck.food.append("bread")
pond.depths |= {"north": (1.0, 2.5)}
pond.closed.add("south")
connection.deliver()
print(view.ducks[0].food, view.depths, list(view.closed))
print("one duck:", view.queen is view.ducks[0])

plain = ["north", "south"]
duck.food = plain
print(duck.food == plain, isinstance(duck.food, list), duck.food is plain)
plain.append("west")
print(duck.food)

for value in (bytearray(b"bread"), Counter("bread"), Egg()):
    try:
        duck.food.append(value)
    except pbcopy.Unsendable as error:
        print(error)
