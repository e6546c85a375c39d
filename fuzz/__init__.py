"""
A hostile peer that sends what it likes, and a look at what comes of it.

L{fuzz.generator} makes messages out of choices (L{fuzz.choices}), which come from a
seed, from Hypothesis or from atheris.  L{fuzz.stage} plays them to a Broker of an
application (L{fuzz.scene}) that has an honest client, too, and looks after them.
What was found stays in the folder C{corpus}, as text (L{fuzz.notation}), and is
played again by the suite.

The long run, from the folder that has this one in it::

    $ python -m fuzz --cases 1000000 --seed 1
"""
