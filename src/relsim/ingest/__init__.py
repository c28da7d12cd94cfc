"""Observed events from outside: chronicles and event tables. Floor 3."""
