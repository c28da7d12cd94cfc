"""Proper scores of forecasts against what came. Floor 1; numpy.

``question_scores`` holds the scores of single questions (yes or no, by when, how many) and of a set of them.
"""
