<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="sv" sourcelanguage="en">
<context>
    <name>day</name>
    <message>
        <source>skipped</source>
        <translation>överhoppad</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>inställd</translation>
    </message>
    <message>
        <source>declined</source>
        <translation>avböjd</translation>
    </message>
    <message>
        <source>&amp;Undo skip</source>
        <translation>Ång&amp;ra överhoppning</translation>
    </message>
    <message>
        <source>&amp;Skip</source>
        <translation>Hoppa &amp;över</translation>
    </message>
    <message>
        <source>Skip the s&amp;eries</source>
        <translation>Hoppa över s&amp;erien</translation>
    </message>
    <message>
        <source>&amp;Done now</source>
        <translation>&amp;Klar nu</translation>
    </message>
    <message>
        <source>&amp;15 more minutes</source>
        <translation>&amp;15 minuter till</translation>
    </message>
    <message>
        <source>dismissed</source>
        <translation>avslutad i förtid</translation>
    </message>
    <message>
        <source>Why {diversion}?</source>
        <translation>Varför {diversion}?</translation>
    </message>
    <message>
        <source>The day as a table</source>
        <translation>Dagen som tabell</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Tid</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Vad</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Slag</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Varför</translation>
    </message>
    <message>
        <source>Diversion</source>
        <translation>Hänvisning</translation>
    </message>
    <message>
        <source>Event</source>
        <translation>Bokning</translation>
    </message>
    <message>
        <source>now</source>
        <translation>nu</translation>
    </message>
    <message>
        <source>The next 7 days</source>
        <translation>Kommande 7 dagar</translation>
    </message>
    <message>
        <source>Nothing planned</source>
        <translation>Inget inbokat</translation>
    </message>
    <message>
        <source>Sync &amp;now</source>
        <translation>&amp;Synka nu</translation>
    </message>
    <message>
        <source>Si&amp;gn in…</source>
        <translation>&amp;Logga in…</translation>
    </message>
    <message>
        <source>Nothing in the calendar this day</source>
        <translation>Inget i kalendern den här dagen</translation>
    </message>
    <message>
        <source>The switchboard shows that you are available.</source>
        <translation>Växeln visar att du är tillgänglig.</translation>
    </message>
    <message>
        <source>Today – B2Cal Desktop</source>
        <translation>I dag – B2Cal Desktop</translation>
    </message>
    <message>
        <source>Starting. The day shows here as soon as the calendar has been read.</source>
        <translation>Startar. Dagen visas här så snart kalendern är läst.</translation>
    </message>
    <message>
        <source>Da&amp;y</source>
        <translation>&amp;Dag</translation>
    </message>
    <message>
        <source>Ne&amp;xt 7 days</source>
        <translation>Kommande &amp;7 dagar</translation>
    </message>
    <message>
        <source>&amp;History</source>
        <translation>&amp;Historik</translation>
    </message>
    <message>
        <source>&amp;Today</source>
        <translation>I da&amp;g</translation>
    </message>
    <message>
        <source>As a ta&amp;ble</source>
        <translation>Som &amp;tabell</translation>
    </message>
    <message>
        <source>Previous day</source>
        <translation>Föregående dag</translation>
    </message>
    <message>
        <source>Next day</source>
        <translation>Nästa dag</translation>
    </message>
    <message>
        <source>In the calendar</source>
        <translation>I kalendern</translation>
    </message>
    <message>
        <source>The switchboard shows</source>
        <translation>Växeln visar</translation>
    </message>
    <message>
        <source>all day</source>
        <translation>heldag</translation>
    </message>
    <message>
        <source>Time line</source>
        <translation>Tidslinje</translation>
    </message>
</context>
<context>
    <name>dialog</name>
    <message>
        <source>{diversion} &amp;until</source>
        <translation>{diversion} &amp;till</translation>
    </message>
    <message>
        <source>&amp;Set diversion</source>
        <translation>&amp;Sätt hänvisning</translation>
    </message>
    <message>
        <source>About B2Cal Desktop</source>
        <translation>Om B2Cal Desktop</translation>
    </message>
    <message>
        <source>Your own calendar keeps your own diversion in the switchboard right. Subjects and places stay on this computer.

Free software under the MIT licence. Made with Qt, under the LGPL.</source>
        <translation>Din egen kalender håller din egen hänvisning i växeln rätt. Ämnesrader och platser stannar på den här datorn.

Fri programvara under MIT-licensen. Gjord med Qt, under LGPL.</translation>
    </message>
</context>
<context>
    <name>history</name>
    <message>
        <source>The calendar</source>
        <translation>Kalendern</translation>
    </message>
    <message>
        <source>You</source>
        <translation>Du</translation>
    </message>
    <message>
        <source>Someone else</source>
        <translation>Någon annan</translation>
    </message>
    <message>
        <source>Noticed</source>
        <translation>Upptäckt</translation>
    </message>
    <message>
        <source>Set</source>
        <translation>Satt</translation>
    </message>
    <message>
        <source>Cleared</source>
        <translation>Borttagen</translation>
    </message>
    <message>
        <source>Restored</source>
        <translation>Återställd</translation>
    </message>
    <message>
        <source>Left alone</source>
        <translation>Lämnad orörd</translation>
    </message>
    <message>
        <source>Confirmed</source>
        <translation>Bekräftad</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>Skickad</translation>
    </message>
    <message>
        <source>Not known</source>
        <translation>Okänt</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Historik</translation>
    </message>
    <message>
        <source>When</source>
        <translation>När</translation>
    </message>
    <message>
        <source>Diversion</source>
        <translation>Hänvisning</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Av</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>Vad som hände</translation>
    </message>
    <message>
        <source>The switchboard</source>
        <translation>Växeln</translation>
    </message>
</context>
<context>
    <name>notice</name>
    <message>
        <source>Something else steers your diversion</source>
        <translation>Något annat styr din hänvisning</translation>
    </message>
    <message>
        <source>It was changed from elsewhere again and again. The calendar waits until the next event.</source>
        <translation>Den har ändrats från annat håll flera gånger. Kalendern väntar till nästa bokning.</translation>
    </message>
    <message>
        <source>You are back early</source>
        <translation>Du är tillbaka tidigt</translation>
    </message>
    <message>
        <source>The rest of this event is left out. The next one counts as usual.</source>
        <translation>Resten av den här bokningen räknas inte. Nästa gäller som vanligt.</translation>
    </message>
    <message>
        <source>Your own diversion takes precedence</source>
        <translation>Din egen hänvisning gäller</translation>
    </message>
    <message>
        <source>{diversion} was set by hand. The calendar waits.</source>
        <translation>{diversion} är satt för hand. Kalendern väntar.</translation>
    </message>
</context>
<context>
    <name>problem</name>
    <message>
        <source>The calendar cannot be read – the diversion does not follow it</source>
        <translation>Kalendern går inte att läsa – hänvisningen följer den inte</translation>
    </message>
    <message>
        <source>Calendar not read since {moment} – the diversion no longer follows it</source>
        <translation>Kalendern är inte läst sedan {moment} – hänvisningen följer den inte längre</translation>
    </message>
    <message>
        <source>Sign in again – the diversion does not follow the calendar</source>
        <translation>Logga in igen – hänvisningen följer inte kalendern</translation>
    </message>
    <message>
        <source>Ask IT for approval – the diversion does not follow the calendar</source>
        <translation>Be IT om godkännande – hänvisningen följer inte kalendern</translation>
    </message>
    <message>
        <source>The calendar does not hand out its events – check the address in the settings</source>
        <translation>Kalendern lämnar inte ut bokningarna – kontrollera adressen i inställningarna</translation>
    </message>
    <message>
        <source>The calendar does not answer – the diversion follows the last known events</source>
        <translation>Kalendern svarar inte – hänvisningen följer de bokningar som redan är hämtade</translation>
    </message>
    <message>
        <source>No answer from the calendar since {moment} – following the last known events</source>
        <translation>Kalendern svarar inte sedan {moment} – hänvisningen följer redan hämtade bokningar</translation>
    </message>
    <message>
        <source>Sign in to the switchboard – until then the diversion stays as it is</source>
        <translation>Logga in i växeln – till dess ändras inte hänvisningen</translation>
    </message>
    <message>
        <source>Ask IT for approval – until then the diversion stays as it is</source>
        <translation>Be IT om godkännande – till dess ändras inte hänvisningen</translation>
    </message>
    <message>
        <source>The switchboard says no – the diversion stays as it was</source>
        <translation>Växeln säger nej – hänvisningen är kvar som den var</translation>
    </message>
    <message>
        <source>The switchboard does not answer – the diversion stays as it was</source>
        <translation>Växeln svarar inte – hänvisningen är kvar som den var</translation>
    </message>
    <message>
        <source>No answer from the switchboard since {moment} – the diversion stays as it was</source>
        <translation>Växeln svarar inte sedan {moment} – hänvisningen är kvar som den var</translation>
    </message>
</context>
<context>
    <name>status</name>
    <message>
        <source>synced {age}</source>
        <translation>synkat {age}</translation>
    </message>
    <message>
        <source>Calendar: {health}</source>
        <translation>Kalendern: {health}</translation>
    </message>
    <message>
        <source>{switchboard}: {health}</source>
        <translation>{switchboard}: {health}</translation>
    </message>
    <message>
        <source>and one more thing to look at in the calendar</source>
        <translation>och en sak till att se över i kalendern</translation>
    </message>
    <message>
        <source>and {count} more things to look at in the calendar</source>
        <translation>och {count} saker till att se över i kalendern</translation>
    </message>
    <message>
        <source>nothing is written</source>
        <translation>inget skrivs till växeln</translation>
    </message>
    <message>
        <source>changes made elsewhere cannot be noticed</source>
        <translation>ändringar som görs på annat håll märks inte</translation>
    </message>
    <message>
        <source>not confirmed yet</source>
        <translation>inte bekräftat än</translation>
    </message>
    <message>
        <source>the switchboard confirmed at {moment}</source>
        <translation>växeln bekräftade {moment}</translation>
    </message>
    <message>
        <source>works</source>
        <translation>fungerar</translation>
    </message>
    <message>
        <source>out of date</source>
        <translation>inte aktuell</translation>
    </message>
    <message>
        <source>does not answer</source>
        <translation>svarar inte</translation>
    </message>
    <message>
        <source>says no</source>
        <translation>säger nej</translation>
    </message>
    <message>
        <source>waits for you to sign in</source>
        <translation>väntar på att du loggar in</translation>
    </message>
    <message>
        <source>waits for approval by IT</source>
        <translation>väntar på godkännande från IT</translation>
    </message>
    <message>
        <source>only free or busy can be read</source>
        <translation>bara ledig eller upptagen går att läsa</translation>
    </message>
    <message>
        <source>{health} since {moment}</source>
        <translation>{health} sedan {moment}</translation>
    </message>
</context>
<context>
    <name>tray</name>
    <message>
        <source>Starting…</source>
        <translation>Startar…</translation>
    </message>
    <message>
        <source>Sync is switched off</source>
        <translation>Synkroniseringen är avstängd</translation>
    </message>
    <message>
        <source>Paused · {diversion}</source>
        <translation>Pausad · {diversion}</translation>
    </message>
    <message>
        <source>Paused {until} · {diversion}</source>
        <translation>Pausad {until} · {diversion}</translation>
    </message>
    <message>
        <source>{diversion} · set by hand</source>
        <translation>{diversion} · satt för hand</translation>
    </message>
    <message>
        <source>Dry run · {diversion}</source>
        <translation>Torrkörning · {diversion}</translation>
    </message>
    <message>
        <source>until tomorrow</source>
        <translation>till i morgon</translation>
    </message>
    <message>
        <source>The diversion does not follow the calendar</source>
        <translation>Hänvisningen följer inte kalendern</translation>
    </message>
    <message>
        <source>Next: nothing planned</source>
        <translation>Härnäst: inget inbokat</translation>
    </message>
    <message>
        <source>Next: {diversion} {times}</source>
        <translation>Härnäst: {diversion} {times}</translation>
    </message>
    <message>
        <source>{now} · then {next}</source>
        <translation>{now} · sedan {next}</translation>
    </message>
    <message>
        <source>{now} · {next} from {moment}</source>
        <translation>{now} · {next} från {moment}</translation>
    </message>
    <message>
        <source>Sync with the calendar</source>
        <translation>Synkronisera med kalendern</translation>
    </message>
    <message>
        <source>Sign in to the calendar…</source>
        <translation>Logga in i kalendern…</translation>
    </message>
    <message>
        <source>Sign in to the switchboard…</source>
        <translation>Logga in i växeln…</translation>
    </message>
    <message>
        <source>Sync now</source>
        <translation>Synka nu</translation>
    </message>
    <message>
        <source>Sync now ({age})</source>
        <translation>Synka nu ({age})</translation>
    </message>
    <message>
        <source>Follow the calendar again</source>
        <translation>Följ kalendern igen</translation>
    </message>
    <message>
        <source>Done now</source>
        <translation>Klar nu</translation>
    </message>
    <message>
        <source>15 more minutes</source>
        <translation>15 minuter till</translation>
    </message>
    <message>
        <source>Skip this event</source>
        <translation>Hoppa över den här bokningen</translation>
    </message>
    <message>
        <source>Skip the whole series</source>
        <translation>Hoppa över hela serien</translation>
    </message>
    <message>
        <source>Set diversion</source>
        <translation>Sätt hänvisning</translation>
    </message>
    <message>
        <source>30 min</source>
        <translation>30 min</translation>
    </message>
    <message>
        <source>1 h</source>
        <translation>1 h</translation>
    </message>
    <message>
        <source>Until {time}</source>
        <translation>Till {time}</translation>
    </message>
    <message>
        <source>The rest of the day</source>
        <translation>Resten av dagen</translation>
    </message>
    <message>
        <source>Choose time…</source>
        <translation>Välj tid…</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pausa</translation>
    </message>
    <message>
        <source>Until tomorrow</source>
        <translation>Till i morgon</translation>
    </message>
    <message>
        <source>Resume now</source>
        <translation>Fortsätt nu</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>Inställningar…</translation>
    </message>
    <message>
        <source>About B2Cal Desktop</source>
        <translation>Om B2Cal Desktop</translation>
    </message>
    <message>
        <source>Why this diversion?</source>
        <translation>Varför den här hänvisningen?</translation>
    </message>
    <message>
        <source>Today…</source>
        <translation>I dag…</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Hjälp</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Avsluta</translation>
    </message>
</context>
<context>
    <name>why</name>
    <message>
        <source>Outside your working hours the switchboard shows {diversion}.</source>
        <translation>Utanför din arbetstid visar växeln {diversion}.</translation>
    </message>
    <message>
        <source>It goes on because of {events}.</source>
        <translation>Den fortsätter på grund av {events}.</translation>
    </message>
    <message>
        <source>{events} gave way: {diversion} is stronger, or begins later.</source>
        <translation>{events} får ge vika: {diversion} är starkare, eller börjar senare.</translation>
    </message>
    <message>
        <source>{event} begins with the code for {diversion}.</source>
        <translation>{event} börjar med prefixet för {diversion}.</translation>
    </message>
    <message>
        <source>The subject of {event} begins with the code for {diversion}.</source>
        <translation>{event} har prefixet för {diversion} i ämnesraden.</translation>
    </message>
    <message>
        <source>{event} is marked as {status} in the calendar, and that means {diversion}.</source>
        <translation>{event} är markerad som {status} i kalendern, och det betyder {diversion}.</translation>
    </message>
    <message>
        <source>{several} and {last}</source>
        <translation>{several} och {last}</translation>
    </message>
    <message>
        <source>A private event</source>
        <translation>En privat bokning</translation>
    </message>
    <message>
        <source>“{subject}”</source>
        <translation>”{subject}”</translation>
    </message>
    <message>
        <source>An event without a subject</source>
        <translation>En bokning utan ämnesrad</translation>
    </message>
    <message>
        <source>{event} (all day)</source>
        <translation>{event} (heldag)</translation>
    </message>
    <message>
        <source>You are done early, so the rest is left out.</source>
        <translation>Du är klar i förtid, så resten räknas inte.</translation>
    </message>
    <message>
        <source>Right now {diversion} counts instead: it was set by hand.</source>
        <translation>Just nu gäller {diversion} i stället: den är satt för hand.</translation>
    </message>
    <message>
        <source>Sync is paused, so the switchboard may show something else.</source>
        <translation>Synkroniseringen är pausad, så växeln kan visa något annat.</translation>
    </message>
    <message>
        <source>Sync is switched off, so the switchboard may show something else.</source>
        <translation>Synkroniseringen är avstängd, så växeln kan visa något annat.</translation>
    </message>
    <message>
        <source>Is set {moment}.</source>
        <translation>Sätts {moment}.</translation>
    </message>
    <message>
        <source>Sent to the switchboard at {moment}.</source>
        <translation>Skickades till växeln {moment}.</translation>
    </message>
    <message>
        <source>Sent at {moment}, but the switchboard did not answer.</source>
        <translation>Skickades {moment}, men växeln svarade inte.</translation>
    </message>
    <message>
        <source>The switchboard confirmed it at {moment}.</source>
        <translation>Växeln bekräftade {moment}.</translation>
    </message>
    <message>
        <source>It is cancelled and does not count.</source>
        <translation>Den är inställd och räknas inte.</translation>
    </message>
    <message>
        <source>You declined it, so it does not count.</source>
        <translation>Du har avböjt den, så den räknas inte.</translation>
    </message>
    <message>
        <source>You skip this series.</source>
        <translation>Du hoppar över hela serien.</translation>
    </message>
    <message>
        <source>You skip it.</source>
        <translation>Du hoppar över den.</translation>
    </message>
    <message>
        <source>all day</source>
        <translation>heldag</translation>
    </message>
    <message>
        <source>marked as {status}</source>
        <translation>markerad som {status}</translation>
    </message>
    <message>
        <source>It asks for no diversion.</source>
        <translation>Den ber inte om någon hänvisning.</translation>
    </message>
    <message>
        <source>It gives way to {stronger}.</source>
        <translation>Den får ge vika för {stronger}.</translation>
    </message>
    <message>
        <source>It gives {diversion}.</source>
        <translation>Den ger {diversion}.</translation>
    </message>
    <message>
        <source>It gives {diversion}, but gives way to {stronger}.</source>
        <translation>Den ger {diversion}, men får ge vika för {stronger}.</translation>
    </message>
</context>
<context>
    <name>window</name>
    <message>
        <source>&amp;Today…</source>
        <translation>&amp;I dag…</translation>
    </message>
    <message>
        <source>&amp;Menu</source>
        <translation>&amp;Meny</translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>today</source>
        <translation>i dag</translation>
    </message>
    <message>
        <source>tomorrow</source>
        <translation>i morgon</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>i går</translation>
    </message>
    <message>
        <source>{day} {time}</source>
        <translation>{day} {time}</translation>
    </message>
    <message>
        <source>for the rest of the day</source>
        <translation>resten av dagen</translation>
    </message>
    <message>
        <source>until {moment}</source>
        <translation>till {moment}</translation>
    </message>
    <message>
        <source>{diversion} {until}</source>
        <translation>{diversion} {until}</translation>
    </message>
    <message>
        <source>all day</source>
        <translation>hela dagen</translation>
    </message>
    <message>
        <source>from {time}</source>
        <translation>från {time}</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>nyss</translation>
    </message>
    <message>
        <source>{seconds} s ago</source>
        <translation>för {seconds} s sedan</translation>
    </message>
    <message>
        <source>{minutes} min ago</source>
        <translation>för {minutes} min sedan</translation>
    </message>
    <message>
        <source>Private</source>
        <translation>Privat</translation>
    </message>
    <message>
        <source>(no subject)</source>
        <translation>(ingen ämnesrad)</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>Ledig</translation>
    </message>
    <message>
        <source>Tentative</source>
        <translation>Preliminärt upptagen</translation>
    </message>
    <message>
        <source>Busy</source>
        <translation>Upptagen</translation>
    </message>
    <message>
        <source>Away</source>
        <translation>Frånvarande</translation>
    </message>
    <message>
        <source>Working elsewhere</source>
        <translation>Arbetar på annan plats</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>Okänd</translation>
    </message>
</context>
</TS>
