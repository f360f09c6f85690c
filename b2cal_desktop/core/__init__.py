"""Decides. Standard library only; no I/O, no clock, no thread."""
