"""Proof that it lasts: whole user-weeks in a simulation, kills of the real process, and long runs.

``make campaign``, ``make torture`` and ``make soak`` run them in full; ``docs/reliability.md`` tells what they show.
"""
