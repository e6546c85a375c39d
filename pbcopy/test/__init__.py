"""
The tests of pbcopy; each module has one of its own.
"""
