"""Everything that is fuzzed, by name."""

from tests.fuzz import calendars, files, own, sign_in

TARGETS = {target.name: target for target in (*calendars.TARGETS, *sign_in.TARGETS, *files.TARGETS, *own.TARGETS)}
