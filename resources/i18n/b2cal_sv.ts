<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="sv" sourcelanguage="en">
<context>
    <name>day</name>
    <message>
        <source>skipped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>declined</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Undo skip</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Skip</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Skip the s&amp;eries</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Done now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;15 more minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dismissed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why {diversion}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The day as a table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Status</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Diversion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Event</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The next 7 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing planned</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sync &amp;now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Si&amp;gn in…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing in the calendar this day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The switchboard shows that you are available.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Today – B2Cal Desktop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting. The day shows here as soon as the calendar has been read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Da&amp;y</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ne&amp;xt 7 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;History</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Today</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As a ta&amp;ble</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the calendar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The switchboard shows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time line</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>dialog</name>
    <message>
        <source>{diversion} &amp;until</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Set diversion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About B2Cal Desktop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your own calendar keeps your own diversion in the switchboard right. Subjects and places stay on this computer.

Free software under the MIT licence. Made with Qt, under the LGPL.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>history</name>
    <message>
        <source>The calendar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Someone else</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Noticed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cleared</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left alone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confirmed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>History</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Diversion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What happened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The switchboard</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>notice</name>
    <message>
        <source>Something else steers your diversion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was changed from elsewhere again and again. The calendar waits until the next event.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You are back early</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The rest of this event is left out. The next one counts as usual.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your own diversion takes precedence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{diversion} was set by hand. The calendar waits.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>problem</name>
    <message>
        <source>The calendar cannot be read – the diversion does not follow it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Calendar not read since {moment} – the diversion no longer follows it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in again – the diversion does not follow the calendar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask IT for approval – the diversion does not follow the calendar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The calendar does not hand out its events – check the address in the settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The calendar does not answer – the diversion follows the last known events</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No answer from the calendar since {moment} – following the last known events</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in to the switchboard – until then the diversion stays as it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask IT for approval – until then the diversion stays as it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The switchboard says no – the diversion stays as it was</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The switchboard does not answer – the diversion stays as it was</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No answer from the switchboard since {moment} – the diversion stays as it was</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>status</name>
    <message>
        <source>synced {age}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Calendar: {health}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{switchboard}: {health}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing is written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>changes made elsewhere cannot be noticed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not confirmed yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the switchboard confirmed at {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>works</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>out of date</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>does not answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>says no</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waits for you to sign in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waits for approval by IT</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>only free or busy can be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{health} since {moment}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>tray</name>
    <message>
        <source>Starting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sync is switched off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused · {diversion}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused {until} · {diversion}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{diversion} · set by hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dry run · {diversion}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>until tomorrow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The diversion does not follow the calendar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next: nothing planned</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next: {diversion} {times}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{now} · then {next}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{now} · {next} from {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sync with the calendar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in to the calendar…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in to the switchboard…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sync now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sync now ({age})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow the calendar again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>15 more minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Skip this event</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Skip the whole series</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set diversion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>30 min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Until {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The rest of the day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose time…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Until tomorrow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About B2Cal Desktop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why this diversion?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Today…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>why</name>
    <message>
        <source>Outside your working hours the switchboard shows {diversion}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It goes on because of {events}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{events} gave way: {diversion} is stronger, or begins later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{event} begins with the code for {diversion}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The subject of {event} begins with the code for {diversion}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{event} is marked as {status} in the calendar, and that means {diversion}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{several} and {last}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A private event</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{subject}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An event without a subject</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{event} (all day)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You are done early, so the rest is left out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Right now {diversion} counts instead: it was set by hand.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sync is paused, so the switchboard may show something else.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sync is switched off, so the switchboard may show something else.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Is set {moment}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sent to the switchboard at {moment}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sent at {moment}, but the switchboard did not answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The switchboard confirmed it at {moment}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is cancelled and does not count.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You declined it, so it does not count.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You skip this series.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You skip it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>marked as {status}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It asks for no diversion.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It gives way to {stronger}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It gives {diversion}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It gives {diversion}, but gives way to {stronger}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>window</name>
    <message>
        <source>&amp;Today…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Menu</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>today</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tomorrow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{day} {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for the rest of the day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>until {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{diversion} {until}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>just now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{seconds} s ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{minutes} min ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>at {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Private</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>(no subject)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tentative</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Busy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Working elsewhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
