# -*- test-case-name: pbcopy.test.test_demo -*-
"""
What pbcopy does, seen at once: C{python -m pbcopy.demo}.

A publisher and three clients run as processes of their own.  The publisher has
a pond, each client a view of it, and whatever happens to the pond happens to
the views, also after one client was killed.

Read L{ponds<pbcopy.demo.ponds>} first: all that is special is there.  Then
L{publisher<pbcopy.demo.publisher>} and L{client<pbcopy.demo.client>}, which are
ordinary programs for Perspective Broker.  L{show<pbcopy.demo.show>} starts them
and compares what they have; an application needs nothing like it.
"""
