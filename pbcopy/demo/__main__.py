# -*- test-case-name: pbcopy.test.test_demo -*-
"""
C{python -m pbcopy.demo}.
"""

from twisted.internet.task import react

from pbcopy.demo.show import main

react(main)
