"""How results look as tables and sentences. Floor 6.

``values`` holds what is shown: tables of typed cells, paragraphs, lists. Modules named after a result build these
values; ``console``, ``hypertext``, ``separated`` and ``markdown`` draw them. Nothing is printed here.
"""
