"""Everything that is fuzzed, by name."""

from tests.fuzz import calendars, files, own

TARGETS = {target.name: target for target in (*calendars.TARGETS, *files.TARGETS, *own.TARGETS)}
