"""Forecasts made again at past origins and scored. Floor 5."""
