"""Hostile input by the million for everything that reads what others wrote; ``make fuzz``."""
