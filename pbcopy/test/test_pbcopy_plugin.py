# -*- test-case-name: pbcopy.test.test_pbcopy_plugin -*-
"""
Tests for the plugin module, which makes C{twistd pbcopy} known.
"""

from __future__ import annotations

from twisted.application.service import IServiceMaker
from twisted.plugin import IPlugin, getPlugins
from twisted.trial.unittest import SynchronousTestCase, TestCase
from zope.interface.verify import verifyObject

from pbcopy import _service
from pbcopy.test.processes import startPython, startTwistd

LOADED = """
import sys
from twisted.plugins import pbcopy_plugin
print(sorted({"pbcopy", "pbcopy.pb", "twisted.internet.reactor"} & set(sys.modules)))
"""


class PluginTests(SynchronousTestCase):
    """
    Twisted finds the plugin.
    """

    def setUp(self) -> None:
        """
        Find it.
        """
        makers = getPlugins(IServiceMaker)
        self.makers = [maker for maker in makers if maker.tapname == "pbcopy"]

    def test_found(self) -> None:
        """
        There is one service maker of the name.
        """
        self.assertEqual(1, len(self.makers))

    def test_interfaces(self) -> None:
        """
        It provides what C{twistd} wants of a plugin.
        """
        [maker] = self.makers
        verifyObject(IServiceMaker, maker)
        verifyObject(IPlugin, maker)

    def test_names(self) -> None:
        """
        It names the options and the function of L{pbcopy._service}.
        """
        [maker] = self.makers
        self.assertIs(_service.Options, maker.options)
        self.assertIs(_service.makeService, maker.makeService)


class ProcessTests(TestCase):
    """
    What the plugin does to a process that loads it.
    """

    timeout = 120

    async def test_light(self) -> None:
        """
        Loading the plugin module imports nothing of pbcopy, and no reactor.
        """
        child = startPython(self, "-c", LOADED, folder=".")
        code = await child.end()
        self.assertEqual((0, ["[]"], ""), (code, child.lines, child.errors))

    async def test_help(self) -> None:
        """
        C{twistd --help} lists the command.
        """
        child = startTwistd(self, "--help", folder=".")
        self.assertEqual(0, await child.end())
        await child.line(r"^ +pbcopy +Publish an object of yours over")
