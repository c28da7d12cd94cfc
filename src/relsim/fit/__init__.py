"""Weights fitted to what happened. Floor 4.

Rooms: ``daily_record`` (daily counts) and ``table_record`` (from an event table), ``likelihood`` (the replay of the
record under many weights), ``normal_scores`` (what is fitted, in which coordinates), ``slope``, ``mode``, ``laplace``,
``importance`` and ``mcmc`` (the posterior, gathered in ``posterior``), ``noise`` (what unseen noise does to rates),
``weights_file`` (the
posterior as numbers of the file), ``residuals``, ``ceilings``, ``shares``, ``criteria``, ``warnings`` and ``report``
(what there is to say about it).
"""
