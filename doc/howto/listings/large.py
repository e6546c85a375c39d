"""
States of a size.
"""

import pbcopy
from pbcopy import pb
from pbcopy.testing import connect


class Book(pb.Copyable, pb.RemoteCopy):
    """
    It has a text, and may have a next volume.
    """

    def __init__(self, text, volume=None):
        self.text = text
        self.volume = volume

    def volumes(self):
        count, book = 0, self
        while book is not None:
            count, book = count + 1, book.volume
        return count


pb.setUnjellyableForClass(Book, Book)


class Library(pb.Root):
    """
    What the client calls.
    """

    def remote_length(self, book):
        return len(book.text)

    def remote_volumes(self, book):
        return book.volumes()


# With the factories of pbcopy.pb, the two have met.
connection = connect(pb.PBServerFactory(Library()), pb.PBClientFactory())


def send(name, book):
    call = connection.root.callRemote(name, book)
    call.addCallbacks(
        lambda answer: print("arrived:", answer),
        lambda failure: print(f"{failure.value.where}: {failure.value.what}"),
    )
    connection.deliver()


large = Book("x" * 2_000_000)
send("length", large)
pbcopy.limits.MAX_STATE = 1_000_000
send("length", large)

shelf = Book("the last one")
for _ in range(4_999):
    shelf = Book("", shelf)
send("volumes", shelf)

pbcopy.limits.MAX_NESTING = 3
send("length", Book([[["too deep"]]]))
