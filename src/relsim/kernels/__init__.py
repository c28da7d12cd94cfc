"""Compiled step kernels: arrays in, arrays out."""
