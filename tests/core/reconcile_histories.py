"""Days as they should go, one for each sentence of the rules; ``reconcile_oracle.play`` lives through them."""

ORDINARY = {
    "a meeting comes and its end passes by itself": """
        08:00 calendar meeting 09:00-10:00
        08:59:59 sync -> none, available
        09:00 sync -> set, meeting until 10:00
        09:30 sync -> none, meeting until 10:00
        09:59:59 sync -> none, meeting until 10:00
        10:00 sync -> none, available
        """,
    "one block follows another without a gap": """
        08:00 calendar meeting 09:00-10:00, lunch 10:00-11:00
        09:00 sync -> set, meeting until 10:00
        10:00 sync -> set, lunch until 11:00
        11:00 sync -> none, available
        """,
    "a meeting is extended, shortened, changed and cancelled": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:10 calendar meeting 09:00-10:30
        09:10 sync -> set, meeting until 10:30
        09:20 calendar meeting 09:00-09:45
        09:20 sync -> set, meeting until 09:45
        09:30 calendar lunch 09:00-09:45
        09:30 sync -> set, lunch until 09:45
        09:40 calendar
        09:40 sync -> clear, available
        """,
    "a meeting is extended after its end": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        10:05 sync -> none, available
        10:06 calendar meeting 09:00-10:30
        10:06 sync -> set, meeting until 10:30
        """,
    "the computer wakes when it is all over, and replays nothing": """
        08:00 calendar meeting 09:00-10:00, lunch 11:00-12:00
        09:00 sync -> set, meeting until 10:00
        12:30 sync -> none, available
        """,
    "the switchboard cannot be reached for two edges, and then only what is right is written": """
        08:00 calendar meeting 09:00-10:00, lunch 10:00-11:00
        09:00 sync unreachable -> none, available
        10:00 sync unreachable -> none, available
        10:01 sync -> set, lunch until 11:00
        """,
    "the clock goes back": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        08:30 sync -> clear, available
        09:00 sync -> set, meeting until 10:00
        """,
    "somebody sets what is wanted: it is the app's own from there on": """
        08:00 calendar meeting 09:00-10:00
        09:00 hand meeting until 10:00
        09:00 sync -> none, meeting until 10:00
        09:10 calendar meeting 09:00-10:30
        09:10 sync -> set, meeting until 10:30
        """,
    "an end is the same if it is the same minute": """
        08:00 calendar meeting 09:00-10:00
        09:00 hand meeting until 10:00:30
        09:00 sync -> none, meeting until 10:00
        09:10 hand meeting until 10:01
        09:10 sync -> stand_down, meeting until 10:01
        """,
}

BACK_EARLY = {
    "the rest of the block is dismissed, the next one counts": """
        08:00 calendar meeting 09:00-10:00, lunch 12:00-13:00
        09:00 sync -> set, meeting until 10:00
        09:30 hand available
        09:31 sync -> none, available, block_dismissed
        09:32 sync -> none, available
        10:00 sync -> none, available
        12:00 sync -> set, lunch until 13:00
        """,
    "a block that touches the dismissed one counts": """
        08:00 calendar meeting 09:00-10:00, lunch 10:00-11:00
        09:00 sync -> set, meeting until 10:00
        09:59 hand available
        09:59 sync -> none, available, block_dismissed
        10:00 sync -> set, lunch until 11:00
        """,
    "the first block's end had passed when it was seen": """
        08:00 calendar meeting 09:00-10:00, lunch 10:00-11:00
        09:00 sync -> set, meeting until 10:00
        09:59 hand available
        10:00 sync -> set, lunch until 11:00
        """,
    "the dismissed block's end moves": """
        08:00 calendar meeting 09:00-10:00, meeting 11:00-12:00
        09:00 sync -> set, meeting until 10:00
        09:30 hand available
        09:30 sync -> none, available, block_dismissed
        09:40 calendar meeting 09:00-10:30, meeting 11:00-12:00
        09:40 sync -> none, available
        10:00 sync -> none, available
        10:10 calendar meeting 08:30-10:45, meeting 11:00-12:00
        10:10 sync -> none, available
        11:00 sync -> set, meeting until 12:00
        """,
    "what is left of a dismissed block that was cut is another block": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:10 hand available
        09:10 sync -> none, available, block_dismissed
        09:20 calendar meeting 09:00-09:15, meeting 09:40-10:00
        09:20 sync -> none, available
        09:40 sync -> set, meeting until 10:00
        """,
    "a manual diversion in a dismissed block comes and goes": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:10 hand available
        09:10 sync -> none, available, block_dismissed
        09:20 hand lunch until 09:40
        09:20 sync -> stand_down, lunch until 09:40
        09:40 sync -> none, available
        """,
    "finish early in the tray": """
        08:00 calendar meeting 09:00-10:00, meeting 10:30-11:00
        09:00 sync -> set, meeting until 10:00
        09:30 finish
        09:30 sync -> clear, available
        09:59 sync -> none, available
        10:30 sync -> set, meeting until 11:00
        """,
    "available from the tray": """
        08:00 calendar meeting 09:00-10:00, meeting 10:30-11:00
        09:00 sync -> set, meeting until 10:00
        09:30 tray available
        09:30 sync -> none, available
        09:59 sync -> none, available
        10:30 sync -> set, meeting until 11:00
        """,
    "another block that is on as the user comes back counts": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:30 hand available
        09:30 calendar lunch 09:15-10:30
        09:30 sync -> set, lunch until 10:30
        """,
    "a dismissed block that becomes something else counts": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:30 hand available
        09:30 sync -> none, available, block_dismissed
        09:40 calendar lunch 09:00-10:00
        09:40 sync -> set, lunch until 10:00
        """,
    "finish early as soon as it has begun": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:00 finish
        09:00 sync -> clear, available
        """,
}

BY_HAND = {
    "no block and a manual diversion": """
        09:00 hand lunch
        09:00 sync -> stand_down, lunch
        09:01 sync -> stand_down, lunch
        09:02 hand available
        09:02 sync -> none, available
        """,
    "it is gone: the app takes over again": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:10 hand lunch until 12:30
        09:10 sync -> stand_down, lunch until 12:30
        09:20 hand available
        09:20 sync -> set, meeting until 10:00
        """,
    "its end passes: the app takes over again": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:10 hand lunch until 09:40
        09:10 sync -> stand_down, lunch until 09:40
        09:39 sync -> stand_down, lunch until 09:40
        09:40 sync -> set, meeting until 10:00
        """,
    "somebody puts the app's own back": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:10 hand lunch
        09:10 sync -> stand_down, lunch
        09:20 hand meeting until 10:00
        09:20 sync -> none, meeting until 10:00
        09:30 calendar meeting 09:00-10:30
        09:30 sync -> set, meeting until 10:30
        """,
    "the block ends under it": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:10 hand lunch until 12:30
        09:10 sync -> stand_down, lunch until 12:30
        10:00 sync -> stand_down, lunch until 12:30
        12:30 sync -> none, available
        """,
    "the next block takes over": """
        08:00 calendar meeting 09:00-10:00, busy 10:00-11:00
        09:00 sync -> set, meeting until 10:00
        09:10 hand lunch until 12:30
        09:10 sync -> stand_down, lunch until 12:30
        09:59:59 sync -> stand_down, lunch until 12:30
        10:00 sync -> set, busy until 11:00
        """,
    "the next block takes over, however late the computer wakes": """
        08:00 calendar meeting 09:00-10:00
        08:50 hand lunch until 12:30
        08:50 sync -> stand_down, lunch until 12:30
        09:30 sync -> set, meeting until 10:00
        """,
    "first seen as the block begins is not before": """
        08:00 calendar meeting 09:00-10:00
        08:59 hand lunch until 12:30
        09:00 sync -> stand_down, lunch until 12:30
        09:30 sync -> stand_down, lunch until 12:30
        """,
    "another change by hand counts from when it was seen": """
        08:00 calendar meeting 09:00-10:00
        08:50 hand lunch until 12:00
        08:50 sync -> stand_down, lunch until 12:00
        09:05 hand lunch until 12:30
        09:05 sync -> stand_down, lunch until 12:30
        """,
    "an absence without an end stays": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand vacation
        08:30 sync -> stand_down, vacation
        09:00 sync -> stand_down, vacation
        10:00 sync -> stand_down, vacation
        """,
    "an absence stays until its end": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand out_of_office until 09:30
        08:30 sync -> stand_down, out_of_office until 09:30
        09:00 sync -> stand_down, out_of_office until 09:30
        09:30 sync -> set, meeting until 10:00
        """,
    "a value that the catalogue does not know stays": """
        08:00 calendar meeting 09:00-10:00, available 10:00-11:00
        08:30 hand parental_leave until 12:00
        08:30 sync -> stand_down, parental_leave until 12:00
        09:00 sync -> stand_down, parental_leave until 12:00
        10:00 sync -> stand_down, parental_leave until 12:00
        12:00 sync -> none, available
        """,
    "available by prefix takes over an activity": """
        08:00 calendar available 09:00-10:00
        08:30 hand lunch until 12:30
        08:30 sync -> stand_down, lunch until 12:30
        09:00 sync -> clear, available
        09:30 sync -> none, available
        10:00 sync -> restore, lunch until 12:30
        10:01 sync -> stand_down, lunch until 12:30
        """,
    "available by prefix leaves an absence alone, and what is set during it": """
        08:00 calendar available 09:00-10:00
        08:30 hand sick
        08:30 sync -> stand_down, sick
        09:00 sync -> stand_down, sick
        09:10 hand available
        09:10 sync -> none, available
        09:20 hand lunch
        09:20 sync -> stand_down, lunch
        """,
    "from the tray, until a time": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:10 tray lunch until 09:40
        09:10 sync -> stand_down, lunch until 09:40
        09:40 sync -> set, meeting until 10:00
        """,
}

UNTIL_CLEARED = {
    "no block takes over, but the end does": """
        08:00 calendar meeting 09:00-10:00, busy 10:00-11:00
        08:30 hand lunch until 10:30
        08:30 sync -> stand_down, lunch until 10:30
        09:00 sync -> stand_down, lunch until 10:30
        10:00 sync -> stand_down, lunch until 10:30
        10:30 sync -> set, busy until 11:00
        """,
    "nor where it is cleared": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch
        08:30 sync -> stand_down, lunch
        09:00 sync -> stand_down, lunch
        09:30 hand available
        09:30 sync -> set, meeting until 10:00
        """,
}

REPLACED = {
    "restored with its own end, when the switchboard has fallen back by itself": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand working_from_home until 16:00
        08:30 sync -> stand_down, working_from_home until 16:00
        09:00 sync -> set, meeting until 10:00
        10:00 sync -> restore, working_from_home until 16:00
        10:01 sync -> stand_down, working_from_home until 16:00
        16:00 sync -> none, available
        """,
    "restored without an end": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch
        08:30 sync -> stand_down, lunch
        09:00 sync -> set, meeting until 10:00
        10:00 sync -> restore, lunch
        """,
    "not restored when its end has passed": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch until 10:00
        08:30 sync -> stand_down, lunch until 10:00
        09:00 sync -> set, meeting until 10:00
        10:00 sync -> none, available
        """,
    "kept across blocks in a row": """
        08:00 calendar meeting 09:00-10:00, busy 10:00-11:00, lunch 11:00-12:00
        08:30 hand working_from_home until 16:00
        08:30 sync -> stand_down, working_from_home until 16:00
        09:00 sync -> set, meeting until 10:00
        10:00 sync -> set, busy until 11:00
        11:00 sync -> set, lunch until 12:00
        12:00 sync -> restore, working_from_home until 16:00
        """,
    "restored in every gap, and taken over again": """
        08:00 calendar meeting 09:00-10:00, busy 10:30-11:00
        08:30 hand working_from_home until 16:00
        08:30 sync -> stand_down, working_from_home until 16:00
        09:00 sync -> set, meeting until 10:00
        10:00 sync -> restore, working_from_home until 16:00
        10:30 sync -> set, busy until 11:00
        11:00 sync -> restore, working_from_home until 16:00
        """,
    "restored when the block is cancelled": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch until 12:30
        08:30 sync -> stand_down, lunch until 12:30
        09:00 sync -> set, meeting until 10:00
        09:30 calendar
        09:30 sync -> restore, lunch until 12:30
        """,
    "restored when the user finishes early in the tray": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand working_from_home until 16:00
        08:30 sync -> stand_down, working_from_home until 16:00
        09:00 sync -> set, meeting until 10:00
        09:30 finish
        09:30 sync -> restore, working_from_home until 16:00
        09:45 sync -> stand_down, working_from_home until 16:00
        """,
    "not restored when the user is back early": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch until 12:30
        08:30 sync -> stand_down, lunch until 12:30
        09:00 sync -> set, meeting until 10:00
        09:30 hand available
        09:30 sync -> none, available, block_dismissed
        09:31 sync -> none, available
        10:00 sync -> none, available
        """,
    "not restored when the user has set another since": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch until 12:30
        08:30 sync -> stand_down, lunch until 12:30
        09:00 sync -> set, meeting until 10:00
        09:30 hand sick until 11:00
        09:30 sync -> stand_down, sick until 11:00
        10:00 sync -> stand_down, sick until 11:00
        11:00 sync -> none, available
        """,
    "restored late, when the computer slept past the end": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand working_from_home until 16:00
        08:30 sync -> stand_down, working_from_home until 16:00
        09:00 sync -> set, meeting until 10:00
        11:00 sync -> restore, working_from_home until 16:00
        """,
    "not restored when the user cleared it as an available block began": """
        08:00 calendar available 09:00-10:00
        08:30 hand lunch until 12:30
        08:30 sync -> stand_down, lunch until 12:30
        08:59 hand available
        09:00 sync -> none, available
        10:00 sync -> none, available
        """,
    "taken over again when the block is extended after its end": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch until 12:30
        08:30 sync -> stand_down, lunch until 12:30
        09:00 sync -> set, meeting until 10:00
        10:00 sync -> restore, lunch until 12:30
        10:05 calendar meeting 09:00-10:30
        10:05 sync -> set, meeting until 10:30
        10:30 sync -> restore, lunch until 12:30
        """,
    "not restored when the user is back as the block is cancelled": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch until 12:30
        08:30 sync -> stand_down, lunch until 12:30
        09:00 sync -> set, meeting until 10:00
        09:30 hand available
        09:30 calendar
        09:30 sync -> none, available
        09:31 sync -> none, available
        """,
    "what the app wrote before the restoring is somebody else's after it": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand working_from_home until 16:00
        08:30 sync -> stand_down, working_from_home until 16:00
        09:00 sync -> set, meeting until 10:00
        09:30 finish
        09:30 sync -> restore, working_from_home until 16:00
        09:40 hand meeting until 10:00
        09:40 sync -> stand_down, meeting until 10:00
        """,
}

CONTESTED = {
    "three times within ten minutes: not until the next block, and told once": """
        08:00 calendar meeting 09:00-12:00, busy 12:00-13:00
        09:00 sync -> set, meeting until 12:00
        09:01 hand lunch
        09:01 sync -> stand_down, lunch
        09:02 hand available
        09:02 sync -> set, meeting until 12:00
        09:03 hand lunch
        09:03 sync -> stand_down, lunch
        09:04 hand available
        09:04 sync -> set, meeting until 12:00
        09:05 hand lunch
        09:05 sync -> stand_down, lunch, somebody_else_steers
        09:06 hand available
        09:06 sync -> stand_down, available
        09:07 hand lunch
        09:07 sync -> stand_down, lunch
        09:08 hand available
        11:59 sync -> stand_down, available
        12:00 sync -> set, busy until 13:00
        12:30 sync -> none, busy until 13:00
        """,
    "slower than that is no quarrel": """
        08:00 calendar meeting 09:00-12:00
        09:00 sync -> set, meeting until 12:00
        09:01 hand lunch
        09:01 sync -> stand_down, lunch
        09:02 hand available
        09:02 sync -> set, meeting until 12:00
        09:06 hand lunch
        09:06 sync -> stand_down, lunch
        09:07 hand available
        09:07 sync -> set, meeting until 12:00
        09:12 hand lunch
        09:12 sync -> stand_down, lunch
        09:13 hand available
        09:13 sync -> set, meeting until 12:00
        """,
    "a user who changes their mind is no quarrel": """
        08:00 calendar meeting 09:00-12:00
        09:00 sync -> set, meeting until 12:00
        09:01 hand lunch
        09:01 sync -> stand_down, lunch
        09:02 hand busy
        09:02 sync -> stand_down, busy
        09:03 hand sick
        09:03 sync -> stand_down, sick
        09:04 hand lunch
        09:04 sync -> stand_down, lunch
        09:05 hand available
        09:05 sync -> set, meeting until 12:00
        """,
    "what is set during the quarrel was first seen then": """
        08:00 calendar meeting 09:00-12:00, busy 12:00-13:00
        09:00 sync -> set, meeting until 12:00
        09:01 hand lunch
        09:01 sync -> stand_down, lunch
        09:02 hand available
        09:02 sync -> set, meeting until 12:00
        09:03 hand lunch
        09:03 sync -> stand_down, lunch
        09:04 hand available
        09:04 sync -> set, meeting until 12:00
        09:05 hand lunch
        09:05 sync -> stand_down, lunch, somebody_else_steers
        09:30 hand working_from_home
        09:30 sync -> stand_down, working_from_home
        12:00 sync -> set, busy until 13:00
        13:00 sync -> restore, working_from_home
        """,
    "an absence set during the quarrel stays": """
        08:00 calendar meeting 09:00-12:00, busy 12:00-13:00
        09:00 sync -> set, meeting until 12:00
        09:01 hand lunch
        09:01 sync -> stand_down, lunch
        09:02 hand available
        09:02 sync -> set, meeting until 12:00
        09:03 hand lunch
        09:03 sync -> stand_down, lunch
        09:04 hand available
        09:04 sync -> set, meeting until 12:00
        09:05 hand lunch
        09:05 sync -> stand_down, lunch, somebody_else_steers
        09:30 hand vacation
        12:00 sync -> stand_down, vacation
        """,
    "where the app has written nothing there is no quarrel": """
        09:01 hand lunch
        09:01 sync -> stand_down, lunch
        09:02 hand available
        09:02 sync -> none, available
        09:03 hand busy
        09:03 sync -> stand_down, busy
        09:04 hand available
        09:04 sync -> none, available
        09:05 hand lunch
        09:05 sync -> stand_down, lunch
        """,
    "clearing counts too, over blocks in a row": """
        08:00 calendar meeting 09:00-09:03, busy 09:03-09:06, meeting 09:06-09:09, busy 09:09-09:12, lunch 09:12-10:00
        09:00 sync -> set, meeting until 09:03
        09:01 hand available
        09:01 sync -> none, available, block_dismissed
        09:03 sync -> set, busy until 09:06
        09:04 hand available
        09:04 sync -> none, available, block_dismissed
        09:06 sync -> set, meeting until 09:09
        09:07 hand available
        09:07 sync -> stand_down, available, somebody_else_steers
        09:08 sync -> stand_down, available
        09:09 sync -> set, busy until 09:12
        """,
    "a block that begins as the quarrel is noticed is not the next one": """
        08:00 calendar meeting 09:00-12:00
        09:00 sync -> set, meeting until 12:00
        09:01 hand lunch
        09:01 sync -> stand_down, lunch
        09:02 hand available
        09:02 sync -> set, meeting until 12:00
        09:03 hand lunch
        09:03 sync -> stand_down, lunch
        09:04 hand available
        09:04 sync -> set, meeting until 12:00
        09:05 hand lunch
        09:05 calendar meeting 09:00-09:05, busy 09:05-10:00
        09:05 sync -> stand_down, lunch, somebody_else_steers
        09:06 hand available
        09:06 sync -> stand_down, available
        """,
    "the next block begins with a clean slate": """
        08:00 calendar meeting 09:00-09:07, busy 09:07-10:00
        09:00 sync -> set, meeting until 09:07
        09:01 hand lunch
        09:01 sync -> stand_down, lunch
        09:02 hand available
        09:02 sync -> set, meeting until 09:07
        09:03 hand lunch
        09:03 sync -> stand_down, lunch
        09:04 hand available
        09:04 sync -> set, meeting until 09:07
        09:05 hand lunch
        09:05 sync -> stand_down, lunch, somebody_else_steers
        09:06 hand available
        09:07 sync -> set, busy until 10:00
        09:08 hand lunch
        09:08 sync -> stand_down, lunch
        09:09 hand available
        09:09 sync -> set, busy until 10:00
        """,
}

UNKNOWN_OUTCOME = {
    "it had acted": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync acted -> set, meeting until 10:00
        09:01 sync -> none, meeting until 10:00
        09:10 calendar meeting 09:00-10:30
        09:10 sync -> set, meeting until 10:30
        """,
    "it had acted, and the calendar changed before it could be read": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync acted -> set, meeting until 10:00
        09:10 calendar meeting 09:00-10:30
        09:10 sync unreachable -> none, meeting until 10:00
        09:11 sync -> set, meeting until 10:30
        """,
    "it had acted, and its end has passed": """
        08:00 calendar meeting 09:00-10:00, busy 10:00-11:00
        09:00 sync acted -> set, meeting until 10:00
        10:00 sync -> set, busy until 11:00
        """,
    "it had acted, and the user is back early after that was seen": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync acted -> set, meeting until 10:00
        09:01 sync -> none, meeting until 10:00
        09:30 hand available
        09:30 sync -> none, available, block_dismissed
        """,
    "it had not acted": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync lost -> set, available
        09:01 sync lost -> set, available
        09:02 sync -> set, meeting until 10:00
        """,
    "it had not acted, and the block is over": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync lost -> set, available
        10:00 sync -> none, available
        """,
    "an extension acted; another did not": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:10 calendar meeting 09:00-10:30
        09:10 sync acted -> set, meeting until 10:30
        09:11 sync -> none, meeting until 10:30
        09:20 calendar meeting 09:00-11:00
        09:20 sync lost -> set, meeting until 10:30
        09:21 sync -> set, meeting until 11:00
        """,
    "somebody has overwritten it": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync acted -> set, meeting until 10:00
        09:01 hand lunch until 12:30
        09:01 sync -> stand_down, lunch until 12:30
        09:02 sync -> stand_down, lunch until 12:30
        """,
    "a refusal is no unknown outcome": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync refused -> set, available
        09:01 hand meeting until 10:30
        09:01 sync -> stand_down, meeting until 10:30
        """,
    "a take-over acted; its restoring acted too": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch until 12:30
        08:30 sync -> stand_down, lunch until 12:30
        09:00 sync acted -> set, meeting until 10:00
        09:01 sync -> none, meeting until 10:00
        10:00 sync acted -> restore, lunch until 12:30
        10:01 sync -> none, lunch until 12:30
        10:02 sync -> stand_down, lunch until 12:30
        12:30 sync -> none, available
        """,
    "a take-over acted, and the computer slept until its end": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch until 12:30
        08:30 sync -> stand_down, lunch until 12:30
        09:00 sync acted -> set, meeting until 10:00
        10:00 sync -> restore, lunch until 12:30
        """,
    "a take-over did not act; its restoring did not either": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch until 12:30
        08:30 sync -> stand_down, lunch until 12:30
        09:00 sync lost -> set, lunch until 12:30
        09:01 sync -> set, meeting until 10:00
        10:00 sync lost -> restore, available
        10:01 sync -> restore, lunch until 12:30
        """,
    "a take-over that did not act, and the manual one is gone since": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch until 12:30
        08:30 sync -> stand_down, lunch until 12:30
        09:00 sync lost -> set, lunch until 12:30
        09:01 hand available
        09:01 sync -> set, meeting until 10:00
        10:00 sync -> none, available
        """,
    "a take-over by an available block acted": """
        08:00 calendar available 09:00-10:00
        08:30 hand lunch until 12:30
        08:30 sync -> stand_down, lunch until 12:30
        09:00 sync acted -> clear, available
        09:01 sync -> none, available
        10:00 sync -> restore, lunch until 12:30
        """,
    "a restoring acted, and then the block is extended": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch until 12:30
        08:30 sync -> stand_down, lunch until 12:30
        09:00 sync -> set, meeting until 10:00
        10:00 sync acted -> restore, lunch until 12:30
        10:01 sync -> none, lunch until 12:30
        10:05 calendar meeting 09:00-10:30
        10:05 sync -> set, meeting until 10:30
        """,
}

TWO_COMPUTERS = {
    "they agree": """
        08:00 calendar meeting 09:00-10:00
        09:00 A sync -> set, meeting until 10:00
        09:00 B sync -> none, meeting until 10:00
        09:10 calendar meeting 09:00-10:30
        09:10 B sync -> set, meeting until 10:30
        09:11 A sync -> none, meeting until 10:30
        10:30 A sync -> none, available
        10:30 B sync -> none, available
        """,
    "the user is back early for both": """
        08:00 calendar meeting 09:00-10:00
        09:00 A sync -> set, meeting until 10:00
        09:00 B sync -> none, meeting until 10:00
        09:30 B finish
        09:30 B sync -> clear, available
        09:31 A sync -> none, available, block_dismissed
        09:32 B sync -> none, available
        """,
    "one learns late of an extension": """
        08:00 calendar meeting 09:00-10:00
        09:00 A sync -> set, meeting until 10:00
        09:00 B sync -> none, meeting until 10:00
        09:10 A calendar meeting 09:00-10:30
        09:10 A sync -> set, meeting until 10:30
        09:11 B sync -> stand_down, meeting until 10:30
        10:00 B sync -> stand_down, meeting until 10:30
        10:10 B calendar meeting 09:00-10:30
        10:10 B sync -> none, meeting until 10:30
        10:30 B sync -> none, available
        10:30 A sync -> none, available
        """,
    "one learns late that a meeting is shorter": """
        08:00 calendar meeting 09:00-10:00
        09:00 A sync -> set, meeting until 10:00
        09:00 B sync -> none, meeting until 10:00
        09:10 A calendar meeting 09:00-09:30
        09:10 A sync -> set, meeting until 09:30
        09:11 B sync -> stand_down, meeting until 09:30
        09:12 A sync -> none, meeting until 09:30
        09:13 B calendar meeting 09:00-09:30
        09:13 B sync -> none, meeting until 09:30
        09:30 A sync -> none, available
        09:30 B sync -> none, available
        """,
    "a take-over by one, the restoring by the other": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch until 12:30
        08:30 A sync -> stand_down, lunch until 12:30
        08:30 B sync -> stand_down, lunch until 12:30
        09:00 A sync -> set, meeting until 10:00
        09:00 B sync -> none, meeting until 10:00
        10:00 B sync -> restore, lunch until 12:30
        10:00 A sync -> none, lunch until 12:30
        10:01 B sync -> stand_down, lunch until 12:30
        12:30 A sync -> none, available
        12:30 B sync -> none, available
        """,
    "one slept through the take-over": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch until 12:30
        08:30 A sync -> stand_down, lunch until 12:30
        08:30 B sync -> stand_down, lunch until 12:30
        09:00 A sync -> set, meeting until 10:00
        10:00 B sync -> none, available
        10:00 A sync -> restore, lunch until 12:30
        10:01 B sync -> stand_down, lunch until 12:30
        10:01 A sync -> stand_down, lunch until 12:30
        """,
}

NO_ENDS = {
    "the app ends its own": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting
        09:30 calendar meeting 09:00-10:30
        09:30 sync -> none, meeting
        10:00 sync -> none, meeting
        10:30 sync -> clear, available
        """,
    "two blocks with the same diversion are one write": """
        08:00 calendar meeting 09:00-10:00, meeting 10:00-11:00
        09:00 sync -> set, meeting
        10:00 sync -> none, meeting
        11:00 sync -> clear, available
        """,
    "back early": """
        08:00 calendar meeting 09:00-10:00, meeting 11:00-12:00
        09:00 sync -> set, meeting
        09:30 hand available
        09:30 sync -> none, available, block_dismissed
        11:00 sync -> set, meeting
        """,
    "back early from a meeting that was extended": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting
        09:30 calendar meeting 09:00-10:30
        09:30 sync -> none, meeting
        10:10 hand available
        10:10 sync -> none, available, block_dismissed
        """,
    "from the tray until a time that the switchboard does not know": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting
        09:10 tray lunch until 09:40
        09:10 sync -> stand_down, lunch
        09:39 sync -> stand_down, lunch
        09:40 sync -> set, meeting
        10:00 sync -> clear, available
        """,
    "from the tray, replaced, restored and over": """
        08:00 calendar meeting 09:00-10:00
        08:30 tray lunch until 12:30
        08:30 sync -> stand_down, lunch
        09:00 sync -> set, meeting
        10:00 sync -> restore, lunch
        12:29 sync -> stand_down, lunch
        12:30 sync -> clear, available
        """,
    "an absence from the tray, until a time": """
        08:00 calendar meeting 09:00-10:00
        08:30 tray out_of_office until 09:30
        08:30 sync -> stand_down, out_of_office
        09:00 sync -> stand_down, out_of_office
        09:30 sync -> set, meeting
        """,
    "a clearing whose outcome is unknown": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting
        10:00 sync lost -> clear, meeting
        10:01 sync acted -> clear, available
        10:02 sync -> none, available
        """,
    "two computers over take-over and restoring": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch
        08:30 A sync -> stand_down, lunch
        08:30 B sync -> stand_down, lunch
        09:00 A sync -> set, meeting
        09:00 B sync -> none, meeting
        10:00 B sync -> restore, lunch
        10:00 A sync -> none, lunch
        10:01 B sync -> stand_down, lunch
        """,
    "what the app has once written is somebody else's later": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting
        09:10 hand lunch
        09:10 sync -> stand_down, lunch
        10:00 sync -> stand_down, lunch
        13:00 hand meeting
        13:00 sync -> stand_down, meeting
        13:01 off -> none, meeting
        """,
    "cleared while the computer slept past the end": """
        08:00 calendar meeting 09:00-10:00, meeting 10:30-11:00
        09:00 sync -> set, meeting
        09:30 sync -> none, meeting
        10:05 hand available
        10:31 sync -> set, meeting
        """,
    "a take-over of unknown outcome that somebody cleared": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch
        08:30 sync -> stand_down, lunch
        09:00 sync acted -> set, meeting
        09:30 hand available
        10:00 sync -> none, available
        """,
}

ENDS_STILL_SHOWN = {
    "an end that has passed counts as gone, though it is still shown": """
        08:00 calendar meeting 09:00-10:00, lunch 10:30-11:00
        09:00 sync -> set, meeting until 10:00
        10:00 sync -> none, meeting until 10:00
        10:30 sync -> set, lunch until 11:00
        """,
    "the same of a manual one": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand vacation until 08:45
        08:30 sync -> stand_down, vacation until 08:45
        08:45 sync -> none, vacation until 08:45
        09:00 sync -> set, meeting until 10:00
        """,
}

ENDS_CLEARED = {
    "what is ours is cleared at its end": """
        08:00 calendar meeting 09:00-10:00, lunch 10:30-11:00
        09:00 sync -> set, meeting until 10:00
        10:00 sync -> clear, available
        10:01 sync -> none, available
        10:30 sync -> set, lunch until 11:00
        11:00 off -> clear, available
        """,
    "also hours later, after a restart": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        12:30 sync -> clear, available
        12:31 sync -> none, available
        """,
    "and when the write that set it got no answer": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync acted -> set, meeting until 10:00
        10:00 sync -> clear, available
        """,
    "so is a manual one that the app stood down for": """
        08:30 hand lunch until 08:45
        08:30 sync -> stand_down, lunch until 08:45
        08:45 sync -> clear, available
        """,
    "what somebody else left behind, and the app never saw, is left": """
        08:30 hand vacation until 08:45
        09:00 sync -> none, vacation until 08:45
        09:01 off -> none, vacation until 08:45
        """,
    "a manual one that a block replaced comes back, and goes at its own end": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch until 10:30
        08:30 sync -> stand_down, lunch until 10:30
        09:00 sync -> set, meeting until 10:00
        10:00 sync -> restore, lunch until 10:30
        10:30 sync -> clear, available
        """,
    "switched off while it lasts": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:30 off -> clear, available
        """,
}

BLIND = {
    "it writes when the wish changes": """
        08:00 calendar meeting 09:00-10:00, busy 10:00-11:00
        08:59 sync -> none, available
        09:00 sync -> set, meeting until 10:00
        09:01 sync -> none, meeting until 10:00
        09:10 calendar meeting 09:00-09:30, busy 10:00-11:00
        09:10 sync -> set, meeting until 09:30
        09:30 sync -> clear, available
        09:31 sync -> none, available
        10:00 sync -> set, busy until 11:00
        10:10 calendar
        10:10 sync -> clear, available
        """,
    "finish early": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:30 finish
        09:30 sync -> clear, available
        09:31 sync -> none, available
        """,
    "from the tray it is known": """
        08:00 calendar meeting 09:00-10:00, busy 10:00-11:00
        09:00 sync -> set, meeting until 10:00
        09:10 tray lunch until 12:30
        09:10 sync -> stand_down, lunch until 12:30
        10:00 sync -> set, busy until 11:00
        11:00 sync -> restore, lunch until 12:30
        """,
    "from the tray, and over within the block": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:10 tray lunch until 09:40
        09:40 sync -> set, meeting until 10:00
        """,
    "an absence from the tray": """
        08:00 calendar meeting 09:00-10:00
        08:30 tray vacation
        09:00 sync -> stand_down, vacation
        """,
    "a write of unknown outcome is written again, once": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync acted -> set, meeting until 10:00
        09:01 sync -> set, meeting until 10:00
        09:02 sync -> none, meeting until 10:00
        """,
    "a refused one too": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync refused -> set, available
        09:01 sync -> set, meeting until 10:00
        """,
    "a clearing of unknown outcome is written again": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:30 calendar
        09:30 sync lost -> clear, meeting until 10:00
        09:31 sync -> clear, available
        09:32 sync -> none, available
        """,
}

BLIND_WITHOUT_ENDS = {
    "from the tray until a time that only the app knows": """
        08:30 tray lunch until 09:00
        08:59 sync -> stand_down, lunch
        09:00 sync -> clear, available
        09:01 sync -> none, available
        """,
    "the app ends its own": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting
        10:00 sync -> clear, available
        """,
}

SWITCHED_OFF = {
    "what is the app's own is cleared": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:30 off -> clear, available
        09:31 off -> none, available
        09:32 sync -> set, meeting until 10:00
        """,
    "what came of an unknown outcome too": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync acted -> set, meeting until 10:00
        09:30 off -> clear, available
        """,
    "nothing was set": """
        08:00 calendar meeting 09:00-10:00
        08:30 sync -> none, available
        09:30 off -> none, available
        """,
    "the end has passed by itself": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        10:30 off -> none, available
        """,
    "a manual one stays": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:10 hand lunch until 12:30
        09:10 sync -> stand_down, lunch until 12:30
        09:30 off -> none, lunch until 12:30
        """,
    "a manual one that was not seen yet stays": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:10 hand meeting until 12:30
        09:30 off -> none, meeting until 12:30
        """,
    "a block begun since does not overwrite it either": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch until 12:30
        08:30 sync -> stand_down, lunch until 12:30
        09:30 off -> none, lunch until 12:30
        """,
    "what was replaced comes back": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch until 12:30
        08:30 sync -> stand_down, lunch until 12:30
        09:00 sync -> set, meeting until 10:00
        09:30 off -> restore, lunch until 12:30
        09:31 off -> none, lunch until 12:30
        """,
    "what was replaced and is past does not": """
        08:00 calendar meeting 09:00-10:00
        08:30 hand lunch until 09:15
        08:30 sync -> stand_down, lunch until 09:15
        09:00 sync -> set, meeting until 10:00
        09:30 off -> clear, available
        """,
    "the app's own that somebody put back is cleared": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting until 10:00
        09:10 hand lunch until 12:30
        09:10 sync -> stand_down, lunch until 12:30
        09:20 hand meeting until 10:00
        09:30 off -> clear, available
        """,
}

SWITCHED_OFF_BLIND = {
    "what is the app's own is cleared": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting
        09:30 off -> clear, available
        09:31 off -> none, available
        """,
    "a manual one from the tray stays": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync -> set, meeting
        09:10 tray lunch
        09:10 sync -> stand_down, lunch
        09:30 off -> none, lunch
        """,
    "nothing was set": """
        09:30 off -> none, available
        """,
    "what may have come of an unknown outcome is cleared": """
        08:00 calendar meeting 09:00-10:00
        09:00 sync acted -> set, meeting
        09:30 off -> clear, available
        09:31 off -> none, available
        """,
}
