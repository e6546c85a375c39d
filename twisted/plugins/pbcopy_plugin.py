# -*- test-case-name: pbcopy.test.test_pbcopy_plugin -*-
"""
The C{pbcopy} command of C{twistd}.

Each C{twistd} and C{trial} of the machine loads this module, so it only names
L{pbcopy._service}.
"""

from twisted.application.service import ServiceMaker

pbcopy = ServiceMaker(
    "pbcopy",
    "pbcopy._service",
    "Publish an object of yours over Perspective Broker.",
    "pbcopy",
)
