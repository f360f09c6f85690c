"""B2Cal Desktop keeps a person's own diversion in the switchboard right, from their own calendar.

A map of the house, from the rules outwards; imports point only upwards in this list:

``core``         decides: pure functions and plain values, standard library only
``system``       this computer: clock, folders, settings and policy files, log
``calendars``    where events come from
``switchboards`` where diversions go
``accounts``     who the user is: secrets, sign-in
``sync``         acts: one cycle, one loop, one ledger
``ui``           all Qt; draws one frozen ``AppState``
``cli``, ``app`` compose the parts: the commands without a screen, and the tray app
"""

__version__ = "0.1.0"
