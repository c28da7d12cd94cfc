"""Puts ``tests`` on the path, so that test files can import ``oracle``."""
