"""
Settings of Sphinx for the howto: sphinx-build -W -b html doc/howto build/howto
"""

project = "pbcopy"
author = "the pbcopy developers"
highlight_language = "python3"
