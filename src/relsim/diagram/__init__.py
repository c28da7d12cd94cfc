"""The model as a picture. Floor 6.

Rooms: ``graph`` (parts and arrows, members of a set drawn as one), ``loops`` (what comes back to where it began, with
its gain), ``dot`` and ``mermaid`` (the picture as text), ``picture`` (the text laid out by Graphviz).
"""
