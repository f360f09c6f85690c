"""This computer: clock, folders, settings and policy files, log."""
