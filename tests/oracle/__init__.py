"""A plain numpy reading of the model, for checking the engine path by path.

Written from the description of the model alone, in float64, vectorised over paths and over
nothing else. It takes the engine's random words (``relsim.streams``) and nothing else of the engine.
Start reading at ``simulate``; ``parameters`` is what one draw of the weights means, ``replay`` the
history, ``entries`` the calendar, ``records`` what has happened so far and the clauses that ask about
it.
"""
