<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="sv" sourcelanguage="en">
<context>
    <name>QPlatformTheme</name>
    <message>
        <source>Cancel</source>
        <translation>Avbryt</translation>
    </message>
</context>
<context>
    <name>checks</name>
    <message>
        <source>Check everything – B2Cal Desktop</source>
        <translation>Kontrollera allt – B2Cal Desktop</translation>
    </message>
    <message>
        <source>Nothing is changed in the calendar or the switchboard.</source>
        <translation>Ingenting ändras i kalendern eller växeln.</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>Det som kontrollerades</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>S&amp;täng</translation>
    </message>
    <message>
        <source>Check &amp;again</source>
        <translation>Kontrollera &amp;igen</translation>
    </message>
    <message>
        <source>C&amp;opy as text</source>
        <translation>&amp;Kopiera som text</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>Kontrollerar…</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>Bra</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>Varning</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>Problem</translation>
    </message>
    <message>
        <source>Everything is in place</source>
        <translation>Allt är på plats</translation>
    </message>
    <message>
        <source>One thing to look at</source>
        <translation>En sak att titta på</translation>
    </message>
    <message>
        <source>{count} things to look at</source>
        <translation>{count} saker att titta på</translation>
    </message>
</context>
<context>
    <name>day</name>
    <message>
        <source>Your diversion</source>
        <translation>Din hänvisning</translation>
    </message>
    <message>
        <source>By the calendar</source>
        <translation>Enligt kalendern</translation>
    </message>
    <message>
        <source>&amp;Follow the calendar again</source>
        <translation>&amp;Följ kalendern igen</translation>
    </message>
    <message>
        <source>&amp;Resume now</source>
        <translation>Fortsätt n&amp;u</translation>
    </message>
    <message>
        <source>S&amp;witch sync on</source>
        <translation>Slå &amp;på synkroniseringen</translation>
    </message>
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
        <source>&amp;Ask IT for approval…</source>
        <translation>Be IT om godkä&amp;nnande…</translation>
    </message>
    <message>
        <source>&amp;Open the settings…</source>
        <translation>Öppna &amp;inställningarna…</translation>
    </message>
    <message>
        <source>F&amp;ind out why…</source>
        <translation>Ta reda på &amp;varför…</translation>
    </message>
    <message>
        <source>&amp;Look again</source>
        <translation>Pr&amp;ova igen</translation>
    </message>
    <message>
        <source>Look at the &amp;prefixes…</source>
        <translation>Se över prefi&amp;xen…</translation>
    </message>
    <message>
        <source>What lea&amp;ves this computer…</source>
        <translation>Det här lämn&amp;ar datorn…</translation>
    </message>
    <message>
        <source>Nothing in the calendar this day</source>
        <translation>Inget i kalendern den här dagen</translation>
    </message>
    <message>
        <source>You are available.</source>
        <translation>Du är tillgänglig.</translation>
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
    <message>
        <source>It is {time}.</source>
        <translation>Klockan är {time}.</translation>
    </message>
</context>
<context>
    <name>diagnostics</name>
    <message>
        <source>Save diagnostics</source>
        <translation>Spara diagnostik</translation>
    </message>
    <message>
        <source>The app ended unexpectedly last time</source>
        <translation>Programmet avslutades oväntat förra gången</translation>
    </message>
    <message>
        <source>Something went wrong last time</source>
        <translation>Något gick fel förra gången</translation>
    </message>
    <message>
        <source>A report helps whoever looks after the app. It tells where in the program it happened; it holds no subjects, places or passwords, and goes nowhere unless you send it.</source>
        <translation>En rapport hjälper den som sköter programmet. Den säger var i programmet det hände, innehåller inga ämnen, platser eller lösenord och skickas ingenstans om du inte gör det.</translation>
    </message>
    <message>
        <source>&amp;Save the report…</source>
        <translation>&amp;Spara rapporten…</translation>
    </message>
    <message>
        <source>&amp;No thanks</source>
        <translation>&amp;Nej tack</translation>
    </message>
    <message>
        <source>The diagnostics are saved</source>
        <translation>Diagnostiken är sparad</translation>
    </message>
    <message>
        <source>{path}

The file holds versions, settings in outline and the log without names. No subjects, places or passwords. Send it to whoever helps you.</source>
        <translation>{path}

Filen innehåller versioner, inställningar i stora drag och loggen utan namn. Inga ämnesrader, platser eller lösenord. Skicka den till den som hjälper dig.</translation>
    </message>
    <message>
        <source>The diagnostics were not saved</source>
        <translation>Diagnostiken sparades inte</translation>
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
        <source>Cancel</source>
        <translation>Avbryt</translation>
    </message>
    <message>
        <source>Previous month</source>
        <translation>Föregående månad</translation>
    </message>
    <message>
        <source>Next month</source>
        <translation>Nästa månad</translation>
    </message>
    <message>
        <source>About B2Cal Desktop</source>
        <translation>Om B2Cal Desktop</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>OK</translation>
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
        <source>You set it yourself</source>
        <translation>Du ställer in själv</translation>
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
        <source>What has been set, when and by whom shows here.</source>
        <translation>Här står det som har satts, när och av vem.</translation>
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
        <source>&amp;Show today</source>
        <translation>&amp;Visa i dag</translation>
    </message>
    <message>
        <source>The sign-in is not kept</source>
        <translation>Inloggningen sparas inte</translation>
    </message>
    <message>
        <source>The app ended unexpectedly last time</source>
        <translation>Programmet avslutades oväntat förra gången</translation>
    </message>
    <message>
        <source>Something went wrong last time</source>
        <translation>Något gick fel förra gången</translation>
    </message>
    <message>
        <source>The app is running again. You can save a report for whoever looks after it.</source>
        <translation>Programmet är igång igen. Du kan spara en rapport till den som sköter det.</translation>
    </message>
    <message>
        <source>&amp;Look at it…</source>
        <translation>&amp;Visa…</translation>
    </message>
    <message>
        <source>Something unexpected happened</source>
        <translation>Något oväntat hände</translation>
    </message>
    <message>
        <source>The app goes on. If something looks wrong, save diagnostics for whoever looks after it.</source>
        <translation>Programmet går vidare. Ser något konstigt ut kan du spara diagnostik till den som sköter det.</translation>
    </message>
    <message>
        <source>&amp;Save diagnostics…</source>
        <translation>&amp;Spara diagnostik…</translation>
    </message>
    <message>
        <source>Version {version} is out</source>
        <translation>Version {version} finns</translation>
    </message>
    <message>
        <source>Nothing is installed by itself.</source>
        <translation>Ingenting installeras av sig självt.</translation>
    </message>
    <message>
        <source>Open the &amp;download page</source>
        <translation>Öppna &amp;nedladdningssidan</translation>
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
        <source>Time to change the diversion: {diversion}</source>
        <translation>Dags att byta hänvisning: {diversion}</translation>
    </message>
    <message>
        <source>Nothing is sent to the switchboard. Set it there yourself.</source>
        <translation>Inget skickas till växeln. Ställ in den där själv.</translation>
    </message>
    <message>
        <source>The diversion was changed, as the calendar says.</source>
        <translation>Hänvisningen byttes, som kalendern säger.</translation>
    </message>
    <message>
        <source>&amp;Why?</source>
        <translation>&amp;Varför?</translation>
    </message>
    <message>
        <source>Your own diversion takes precedence</source>
        <translation>Din egen hänvisning gäller</translation>
    </message>
    <message>
        <source>{diversion} was set by hand. The calendar waits.</source>
        <translation>{diversion} är satt för hand. Kalendern väntar.</translation>
    </message>
    <message>
        <source>Click here: {action}</source>
        <translation>Klicka här: {action}</translation>
    </message>
</context>
<context>
    <name>outgoing</name>
    <message>
        <source>What leaves this computer – B2Cal Desktop</source>
        <translation>Det här lämnar datorn – B2Cal Desktop</translation>
    </message>
    <message>
        <source>What leaves this computer</source>
        <translation>Det här lämnar datorn</translation>
    </message>
    <message>
        <source>This is all that goes to the switchboard: which diversion, and until when. Subjects, places and people never do. Passwords are masked here, nothing else.</source>
        <translation>Det här är allt som går till växeln: vilken hänvisning, och till när. Ämnen, platser och personer gör det aldrig. Lösenord är dolda här, inget annat.</translation>
    </message>
    <message>
        <source>Requests, newest first</source>
        <translation>Anrop, nyast först</translation>
    </message>
    <message>
        <source>&amp;Sent</source>
        <translation>&amp;Skickat</translation>
    </message>
    <message>
        <source>The a&amp;nswer</source>
        <translation>Sva&amp;ret</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>S&amp;täng</translation>
    </message>
    <message>
        <source>&amp;Look again</source>
        <translation>Titta i&amp;gen</translation>
    </message>
    <message>
        <source>&amp;Copy all</source>
        <translation>&amp;Kopiera allt</translation>
    </message>
    <message>
        <source>Nothing has been sent since the program started.</source>
        <translation>Inget har skickats sedan programmet startade.</translation>
    </message>
    <message>
        <source>One request.</source>
        <translation>Ett anrop.</translation>
    </message>
    <message>
        <source>The last {count} requests.</source>
        <translation>De senaste {count} anropen.</translation>
    </message>
    <message>
        <source>No answer</source>
        <translation>Inget svar</translation>
    </message>
</context>
<context>
    <name>problem</name>
    <message>
        <source>The calendar cannot be read</source>
        <translation>Kalendern går inte att läsa</translation>
    </message>
    <message>
        <source>the diversion does not follow it</source>
        <translation>hänvisningen följer den inte</translation>
    </message>
    <message>
        <source>Calendar not read since {moment}</source>
        <translation>Kalendern är inte läst sedan {moment}</translation>
    </message>
    <message>
        <source>the diversion no longer follows it</source>
        <translation>hänvisningen följer den inte längre</translation>
    </message>
    <message>
        <source>the diversion does not follow the calendar</source>
        <translation>hänvisningen följer inte kalendern</translation>
    </message>
    <message>
        <source>Sign in again</source>
        <translation>Logga in igen</translation>
    </message>
    <message>
        <source>Ask IT for approval</source>
        <translation>Be IT om godkännande</translation>
    </message>
    <message>
        <source>show it to IT</source>
        <translation>visa det för IT</translation>
    </message>
    <message>
        <source>The organisation does not let you into the calendar</source>
        <translation>Organisationen släpper inte in dig i kalendern</translation>
    </message>
    <message>
        <source>The account has no mailbox in Microsoft 365</source>
        <translation>Kontot har ingen postlåda i Microsoft 365</translation>
    </message>
    <message>
        <source>ask IT</source>
        <translation>fråga IT</translation>
    </message>
    <message>
        <source>The sign-in to Microsoft 365 is not set up</source>
        <translation>Inloggningen till Microsoft 365 är inte färdiginställd</translation>
    </message>
    <message>
        <source>The calendar does not hand out its events</source>
        <translation>Kalendern lämnar inte ut sina bokningar</translation>
    </message>
    <message>
        <source>check the address in the settings</source>
        <translation>kontrollera adressen i inställningarna</translation>
    </message>
    <message>
        <source>The calendar does not answer</source>
        <translation>Kalendern svarar inte</translation>
    </message>
    <message>
        <source>No answer from the calendar since {moment}</source>
        <translation>Kalendern svarar inte sedan {moment}</translation>
    </message>
    <message>
        <source>the diversion follows the last known events</source>
        <translation>hänvisningen följer redan hämtade bokningar</translation>
    </message>
    <message>
        <source>until then the diversion stays as it is</source>
        <translation>tills dess ändras inte hänvisningen</translation>
    </message>
    <message>
        <source>the diversion stays as it was</source>
        <translation>hänvisningen är kvar som den var</translation>
    </message>
    <message>
        <source>Sign in to the switchboard</source>
        <translation>Logga in i växeln</translation>
    </message>
    <message>
        <source>The program cannot save</source>
        <translation>Programmet kan inte spara</translation>
    </message>
    <message>
        <source>The settings cannot be used</source>
        <translation>Inställningarna går inte att använda</translation>
    </message>
    <message>
        <source>those before them hold</source>
        <translation>de förra gäller</translation>
    </message>
    <message>
        <source>The switchboard says no</source>
        <translation>Växeln säger nej</translation>
    </message>
    <message>
        <source>The switchboard does not answer</source>
        <translation>Växeln svarar inte</translation>
    </message>
    <message>
        <source>No answer from the switchboard since {moment}</source>
        <translation>Växeln svarar inte sedan {moment}</translation>
    </message>
</context>
<context>
    <name>settings</name>
    <message>
        <source>Your own calendar keeps your own diversion in the switchboard right. Subjects and places stay on this computer.</source>
        <translation>Din egen kalender håller din egen hänvisning i växeln rätt. Ämnen och platser stannar på den här datorn.</translation>
    </message>
    <message>
        <source>Free software under the MIT licence. Made with Qt, under the LGPL.</source>
        <translation>Fri programvara under MIT-licensen. Gjord med Qt, under LGPL.</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Filer</translation>
    </message>
    <message>
        <source>&amp;Open the folder</source>
        <translation>Ö&amp;ppna mappen</translation>
    </message>
    <message>
        <source>Your company&apos;s settings are in {file}.</source>
        <translation>Företagets inställningar finns i {file}.</translation>
    </message>
    <message>
        <source>Updates</source>
        <translation>Uppdateringar</translation>
    </message>
    <message>
        <source>Open the &amp;download page</source>
        <translation>Öppna &amp;nedladdningssidan</translation>
    </message>
    <message>
        <source>&amp;Tell me of new versions</source>
        <translation>&amp;Berätta om nya versioner</translation>
    </message>
    <message>
        <source>The app asks about once a day, says nothing of you, and installs nothing itself.</source>
        <translation>Programmet frågar ungefär en gång om dagen, säger ingenting om dig och installerar ingenting själv.</translation>
    </message>
    <message>
        <source>The app does not look for new versions itself. They come from whoever looks after it.</source>
        <translation>Programmet letar inte själv efter nya versioner. De kommer från den som sköter det.</translation>
    </message>
    <message>
        <source>The last news of a new version cannot be trusted. Show this to whoever looks after the app.</source>
        <translation>Den senaste uppgiften om en ny version går inte att lita på. Visa det här för den som sköter programmet.</translation>
    </message>
    <message>
        <source>The app does not look for new versions.</source>
        <translation>Programmet letar inte efter nya versioner.</translation>
    </message>
    <message>
        <source>The app has not looked yet.</source>
        <translation>Programmet har inte letat än.</translation>
    </message>
    <message>
        <source>This is the newest version. Last looked {moment}.</source>
        <translation>Det här är den senaste versionen. Kontrollerat {moment}.</translation>
    </message>
    <message>
        <source>Version {version} is out.</source>
        <translation>Version {version} finns.</translation>
    </message>
    <message>
        <source>The subjects of your events cannot be read, so prefixes do nothing. Ask IT for the right to read the calendar in full.</source>
        <translation>Bokningarnas ämnen går inte att läsa, så prefix har ingen verkan. Be IT om rätt att läsa hela kalendern.</translation>
    </message>
    <message>
        <source>One event has a prefix but is shown as Free: by status alone it sets nothing.</source>
        <translation>En bokning har prefix men visas som Ledig: med bara status sätter den ingenting.</translation>
    </message>
    <message>
        <source>{count} events have a prefix but are shown as Free: by status alone they set nothing.</source>
        <translation>{count} bokningar har prefix men visas som Ledig: med bara status sätter de ingenting.</translation>
    </message>
    <message>
        <source>The switchboard has nothing that answers to: {names}.</source>
        <translation>Växeln har inget som motsvarar: {names}.</translation>
    </message>
    <message>
        <source>The calendar&apos;s own, else this computer&apos;s</source>
        <translation>Kalenderns egen, annars datorns</translation>
    </message>
    <message>
        <source>&amp;Time zone</source>
        <translation>&amp;Tidszon</translation>
    </message>
    <message>
        <source>&amp;Microsoft 365</source>
        <translation>&amp;Microsoft 365</translation>
    </message>
    <message>
        <source>Outlook at work, where you sign in with your company&apos;s address.</source>
        <translation>Outlook på jobbet, där du loggar in med företagets adress.</translation>
    </message>
    <message>
        <source>The company&apos;s own &amp;Exchange</source>
        <translation>Företagets egen &amp;Exchange</translation>
    </message>
    <message>
        <source>A mail server that the company runs itself.</source>
        <translation>En e-postserver som företaget driver själv.</translation>
    </message>
    <message>
        <source>A calendar &amp;file or link</source>
        <translation>En kalender&amp;fil eller länk</translation>
    </message>
    <message>
        <source>An .ics file, or a link that the calendar has been published under.</source>
        <translation>En .ics-fil, eller en länk som kalendern har publicerats under.</translation>
    </message>
    <message>
        <source>Whoever has a published link can read the calendar. The link stays on this computer.</source>
        <translation>Den som har en publicerad länk kan läsa kalendern. Länken stannar på den här datorn.</translation>
    </message>
    <message>
        <source>Enter a file or a link.</source>
        <translation>Ange vilken fil eller länk.</translation>
    </message>
    <message>
        <source>Enter the server&apos;s name.</source>
        <translation>Ange vilken server.</translation>
    </message>
    <message>
        <source>&amp;Sign in…</source>
        <translation>&amp;Logga in…</translation>
    </message>
    <message>
        <source>Use another account…</source>
        <translation>Byt konto…</translation>
    </message>
    <message>
        <source>Sign out</source>
        <translation>Logga ut</translation>
    </message>
    <message>
        <source>Sign in with a code…</source>
        <translation>Logga in med kod…</translation>
    </message>
    <message>
        <source>Stop waiting</source>
        <translation>Avbryt inloggningen</translation>
    </message>
    <message>
        <source>For a computer whose browser cannot be used.</source>
        <translation>För en dator vars webbläsare inte går att använda.</translation>
    </message>
    <message>
        <source>Nobody is signed in.</source>
        <translation>Ingen är inloggad.</translation>
    </message>
    <message>
        <source>&amp;Sign in again…</source>
        <translation>&amp;Logga in igen…</translation>
    </message>
    <message>
        <source>Asking for a code…</source>
        <translation>Hämtar en kod…</translation>
    </message>
    <message>
        <source>Waiting for you to type the code…</source>
        <translation>Väntar på att du skriver in koden…</translation>
    </message>
    <message>
        <source>Signed out. Nothing of the calendar is kept here any more.</source>
        <translation>Utloggad. Inget av kalendern finns kvar här.</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>Kod</translation>
    </message>
    <message>
        <source>Copy the code</source>
        <translation>Kopiera koden</translation>
    </message>
    <message>
        <source>Open the page</source>
        <translation>Öppna sidan</translation>
    </message>
    <message>
        <source>Open {address} on any computer or phone and type this code within {minutes} minutes:</source>
        <translation>Öppna {address} på valfri dator eller telefon och skriv in koden inom {minutes} minuter:</translation>
    </message>
    <message>
        <source>Cop&amp;y the message</source>
        <translation>Ko&amp;piera meddelandet</translation>
    </message>
    <message>
        <source>Send by e-mail…</source>
        <translation>Skicka med e-post…</translation>
    </message>
    <message>
        <source>Your browser opens. The app may only read your own calendar.</source>
        <translation>Webbläsaren öppnas. Appen får bara läsa din egen kalender.</translation>
    </message>
    <message>
        <source>App &amp;registration (client ID)</source>
        <translation>App&amp;registrering (klient-ID)</translation>
    </message>
    <message>
        <source>Details from IT</source>
        <translation>Uppgifter från IT</translation>
    </message>
    <message>
        <source>Ask your IT department. Leave it empty where the app brings its own.</source>
        <translation>Fråga IT-avdelningen. Lämna tomt om appen har ett eget.</translation>
    </message>
    <message>
        <source>Calendars that count</source>
        <translation>Kalendrar som räknas</translation>
    </message>
    <message>
        <source>Or&amp;ganisation (tenant)</source>
        <translation>Or&amp;ganisation (tenant)</translation>
    </message>
    <message>
        <source>“organizations” fits most; else the company&apos;s domain or its ID.</source>
        <translation>”organizations” passar de flesta; annars företagets domän eller dess ID.</translation>
    </message>
    <message>
        <source>Microsoft&apos;s usual one</source>
        <translation>Microsofts vanliga</translation>
    </message>
    <message>
        <source>One of your own</source>
        <translation>Ett eget</translation>
    </message>
    <message>
        <source>C&amp;loud</source>
        <translation>M&amp;oln</translation>
    </message>
    <message>
        <source>Address of the sign-in</source>
        <translation>Adress till inloggningen</translation>
    </message>
    <message>
        <source>Address of Graph</source>
        <translation>Adress till Graph</translation>
    </message>
    <message>
        <source>What the app may see</source>
        <translation>Vad appen får se</translation>
    </message>
    <message>
        <source>Time, subject, place and status</source>
        <translation>Tid, ämne, plats och status</translation>
    </message>
    <message>
        <source>Whole events, texts and attachments too</source>
        <translation>Hela bokningen, även text och bilagor</translation>
    </message>
    <message>
        <source>The app never fetches texts or attachments. Choose whole events only if subjects are missing otherwise. After a change you sign in again.</source>
        <translation>Appen hämtar aldrig text och bilagor. Välj hela bokningar bara om ämnena saknas annars. Efter ett byte loggar du in igen.</translation>
    </message>
    <message>
        <source>Sign in through Windows</source>
        <translation>Logga in genom Windows</translation>
    </message>
    <message>
        <source>With the account that Windows already knows. Where this installation cannot do that, the browser opens.</source>
        <translation>Med kontot som Windows redan känner till. Klarar installationen inte det öppnas webbläsaren.</translation>
    </message>
    <message>
        <source>Show my calendars</source>
        <translation>Visa mina kalendrar</translation>
    </message>
    <message>
        <source>Your primary calendar counts, and no other.</source>
        <translation>Din vanliga kalender räknas, och ingen annan.</translation>
    </message>
    <message>
        <source>Your primary calendar counts, and one more.</source>
        <translation>Din vanliga kalender räknas, och en till.</translation>
    </message>
    <message>
        <source>Your primary calendar counts, and {count} more.</source>
        <translation>Din vanliga kalender räknas, och {count} till.</translation>
    </message>
    <message>
        <source>A calendar that is no longer there</source>
        <translation>En kalender som inte finns kvar</translation>
    </message>
    <message>
        <source>Server &amp;address</source>
        <translation>Serverns &amp;adress</translation>
    </message>
    <message>
        <source>&amp;User name</source>
        <translation>Använda&amp;rnamn</translation>
    </message>
    <message>
        <source>Read an&amp;other mailbox than my own</source>
        <translation>Läs en annan postlåda än m&amp;in egen</translation>
    </message>
    <message>
        <source>That is an address of Microsoft 365. Choose Microsoft 365 above instead.</source>
        <translation>Adressen hör till Microsoft 365. Välj Microsoft 365 här ovanför i stället.</translation>
    </message>
    <message>
        <source>We ask {address}.</source>
        <translation>Vi frågar {address}.</translation>
    </message>
    <message>
        <source>The name of the server is enough. Your IT department knows it.</source>
        <translation>Serverns namn räcker. Din IT-avdelning vet vad den heter.</translation>
    </message>
    <message>
        <source>Automatically</source>
        <translation>Automatiskt</translation>
    </message>
    <message>
        <source>Find my &amp;server…</source>
        <translation>&amp;Hitta min server…</translation>
    </message>
    <message>
        <source>As I am signed in to this computer</source>
        <translation>Som jag är inloggad på datorn</translation>
    </message>
    <message>
        <source>Kerberos (Negotiate)</source>
        <translation>Kerberos (Negotiate)</translation>
    </message>
    <message>
        <source>&amp;How to sign in</source>
        <translation>H&amp;ur du loggar in</translation>
    </message>
    <message>
        <source>Kept in the computer&apos;s keyring, never in a file. Leave it empty to keep the one there is.</source>
        <translation>Sparas i datorns nyckelring, aldrig i en fil. Lämna tomt för att behålla det som redan är sparat.</translation>
    </message>
    <message>
        <source>DOMAIN\name or name@company.com.</source>
        <translation>DOMÄN\namn eller namn@foretag.se.</translation>
    </message>
    <message>
        <source>Leave it empty to sign in as on this computer. Else {forms}</source>
        <translation>Lämna tomt för att logga in som på datorn. Annars {forms}</translation>
    </message>
    <message>
        <source>Without a domain. If the server does not know you, write {forms}</source>
        <translation>Utan domän. Känner servern inte igen dig skriver du {forms}</translation>
    </message>
    <message>
        <source>Write your password once more. It is tried once, when you choose OK.</source>
        <translation>Skriv ditt lösenord på nytt. Det prövas en gång, när du väljer OK.</translation>
    </message>
    <message>
        <source>The mail&amp;box&apos;s address</source>
        <translation>&amp;Postlådans adress</translation>
    </message>
    <message>
        <source>You need the right to read its calendar: Reviewer, or in Exchange 2007 full access. IT grants it. Where it is missing, the test below shows the command to send to them.</source>
        <translation>Du behöver rätten att läsa dess kalender: Reviewer, eller i Exchange 2007 full åtkomst. IT ger den. Saknas den visar testet nedan kommandot att skicka till dem.</translation>
    </message>
    <message>
        <source>Write the mailbox&apos;s address.</source>
        <translation>Skriv postlådans adress.</translation>
    </message>
    <message>
        <source>This computer cannot do that. Choose another way.</source>
        <translation>Det kan den här datorn inte. Välj ett annat sätt.</translation>
    </message>
    <message>
        <source>Without a password. Works on a computer that belongs to the company&apos;s domain.</source>
        <translation>Utan lösenord. Går på en dator som hör till företagets domän.</translation>
    </message>
    <message>
        <source>With a Kerberos ticket where one is to be had, else by NTLM.</source>
        <translation>Med en Kerberosbiljett där det går att få en, annars med NTLM.</translation>
    </message>
    <message>
        <source>By user name and password; the password itself is never sent.</source>
        <translation>Med användarnamn och lösenord; själva lösenordet skickas aldrig.</translation>
    </message>
    <message>
        <source>The password itself is sent, encrypted on the way. For servers that offer nothing else.</source>
        <translation>Själva lösenordet skickas, krypterat på vägen. För servrar som inte erbjuder något annat.</translation>
    </message>
    <message>
        <source>In the safest way that the server offers. Fits most.</source>
        <translation>På det säkraste sätt som servern erbjuder. Passar de flesta.</translation>
    </message>
    <message>
        <source>Exchange &amp;version</source>
        <translation>Exchange-&amp;version</translation>
    </message>
    <message>
        <source>Pass&amp;word</source>
        <translation>Lösen&amp;ord</translation>
    </message>
    <message>
        <source>Bro&amp;wse…</source>
        <translation>Bläddr&amp;a…</translation>
    </message>
    <message>
        <source>File or lin&amp;k</source>
        <translation>Fil eller &amp;länk</translation>
    </message>
    <message>
        <source>Your &amp;own e-mail address</source>
        <translation>Din e&amp;gen e-postadress</translation>
    </message>
    <message>
        <source>So that invitations you declined are noticed. May be empty.</source>
        <translation>Så att möten du har tackat nej till märks. Får vara tom.</translation>
    </message>
    <message>
        <source>Test the &amp;calendar</source>
        <translation>Testa kalen&amp;dern</translation>
    </message>
    <message>
        <source>Choose a calendar file</source>
        <translation>Välj en kalenderfil</translation>
    </message>
    <message>
        <source>Calendars (*.ics)</source>
        <translation>Kalendrar (*.ics)</translation>
    </message>
    <message>
        <source>Go on in your browser…</source>
        <translation>Fortsätt i webbläsaren…</translation>
    </message>
    <message>
        <source>Signed in as {who}.</source>
        <translation>Inloggad som {who}.</translation>
    </message>
    <message>
        <source>Asking the calendar…</source>
        <translation>Frågar kalendern…</translation>
    </message>
    <message>
        <source>It works. {count} events from today and a week ahead were read.</source>
        <translation>Det fungerar. {count} bokningar från i dag och en vecka framåt lästes.</translation>
    </message>
    <message>
        <source>Subjects cannot be read, so prefixes cannot be used.</source>
        <translation>Ämnen går inte att läsa, så prefix kan inte användas.</translation>
    </message>
    <message>
        <source>Status → diversion</source>
        <translation>Status → hänvisning</translation>
    </message>
    <message>
        <source>Which diversion each status sets.</source>
        <translation>Vilken hänvisning varje status ger.</translation>
    </message>
    <message>
        <source>What is grey is decided by company policy.</source>
        <translation>Det som är grått styrs av företaget.</translation>
    </message>
    <message>
        <source>Decided by company policy.</source>
        <translation>Styrs av företaget.</translation>
    </message>
    <message>
        <source>Prefix ↔ diversion</source>
        <translation>Prefix ↔ hänvisning</translation>
    </message>
    <message>
        <source>Capitals, accents and spaces do not matter. A diversion can have several.</source>
        <translation>Stora och små bokstäver, accenter och mellanslag spelar ingen roll. En hänvisning kan ha flera.</translation>
    </message>
    <message>
        <source>The diversions</source>
        <translation>Hänvisningarna</translation>
    </message>
    <message>
        <source>Rename them, add your own, and say what the switchboard calls them.</source>
        <translation>Döp om dem, lägg till egna och säg vad växeln kallar dem.</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>Ingenting</translation>
    </message>
    <message>
        <source>Start when I lo&amp;g in to the computer</source>
        <translation>Starta när jag &amp;loggar in på datorn</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>&amp;Språk</translation>
    </message>
    <message>
        <source>As the computer</source>
        <translation>Som datorn</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>Meddelanden</translation>
    </message>
    <message>
        <source>&amp;Tell me of every change of the diversion</source>
        <translation>Meddela &amp;varje ändring av hänvisningen</translation>
    </message>
    <message>
        <source>What you must know or act on is always told, and nothing twice within an hour.</source>
        <translation>Det du måste veta eller göra något åt meddelas alltid, och inget två gånger inom en timme.</translation>
    </message>
    <message>
        <source>What is written</source>
        <translation>Vad som skrivs</translation>
    </message>
    <message>
        <source>&amp;Dry run</source>
        <translation>&amp;Provkörning</translation>
    </message>
    <message>
        <source>Everything is worked out and shown, but nothing is written to the switchboard.</source>
        <translation>Allt räknas ut och visas, men inget skrivs till växeln.</translation>
    </message>
    <message>
        <source>What lea&amp;ves this computer…</source>
        <translation>&amp;Det här lämnar datorn…</translation>
    </message>
    <message>
        <source>A diversion that you &amp;set by hand lasts</source>
        <translation>En hänvisning som du sa&amp;tt för hand gäller</translation>
    </message>
    <message>
        <source>until the next event begins</source>
        <translation>tills nästa bokning börjar</translation>
    </message>
    <message>
        <source>until you clear it</source>
        <translation>tills du tar bort den</translation>
    </message>
    <message>
        <source>When you &amp;quit the program</source>
        <translation>När du avsl&amp;utar programmet</translation>
    </message>
    <message>
        <source>the diversion ends at its own time, or is cleared where it has none</source>
        <translation>slutar hänvisningen på sin egen tid, eller tas bort där den ingen har</translation>
    </message>
    <message>
        <source>the diversion is cleared</source>
        <translation>tas hänvisningen bort</translation>
    </message>
    <message>
        <source>the diversion stays</source>
        <translation>står hänvisningen kvar</translation>
    </message>
    <message>
        <source>How often</source>
        <translation>Hur ofta</translation>
    </message>
    <message>
        <source>Look at calendar and switchboard &amp;every</source>
        <translation>Titta på kalendern och växeln v&amp;ar</translation>
    </message>
    <message>
        <source>s</source>
        <translation>s</translation>
    </message>
    <message>
        <source>What the calendar already says is set at its own second all the same.</source>
        <translation>Det som redan står i kalendern sätts ändå på sin egen sekund.</translation>
    </message>
    <message>
        <source>Spread changes over at &amp;most</source>
        <translation>Sprid ändringar över &amp;högst</translation>
    </message>
    <message>
        <source>So that a whole company does not write in the same instant.</source>
        <translation>Så att inte hela företaget skriver i samma ögonblick.</translation>
    </message>
    <message>
        <source>Stop when the calendar has been silent &amp;for</source>
        <translation>Sluta följa kalendern när den varit t&amp;yst i</translation>
    </message>
    <message>
        <source>h</source>
        <translation>tim</translation>
    </message>
    <message>
        <source>Rules as a file</source>
        <translation>Regler som fil</translation>
    </message>
    <message>
        <source>Hand out prefixes and diversions to colleagues, or take over theirs.</source>
        <translation>Dela ut prefix och hänvisningar till kollegor, eller ta över deras.</translation>
    </message>
    <message>
        <source>&amp;Import…</source>
        <translation>&amp;Importera…</translation>
    </message>
    <message>
        <source>E&amp;xport…</source>
        <translation>E&amp;xportera…</translation>
    </message>
    <message>
        <source>Run the set-&amp;up again…</source>
        <translation>Kom i &amp;gång på nytt…</translation>
    </message>
    <message>
        <source>Import rules</source>
        <translation>Importera regler</translation>
    </message>
    <message>
        <source>Export rules</source>
        <translation>Exportera regler</translation>
    </message>
    <message>
        <source>Imported. It counts once you choose OK.</source>
        <translation>Importerat. Det gäller när du väljer OK.</translation>
    </message>
    <message>
        <source>Exported to {file}.</source>
        <translation>Exporterat till {file}.</translation>
    </message>
    <message>
        <source>Order of diversions, strongest first</source>
        <translation>Hänvisningarnas ordning, starkast först</translation>
    </message>
    <message>
        <source>Move with Alt and the arrow keys, or drag.</source>
        <translation>Flytta med Alt och piltangenterna, eller dra.</translation>
    </message>
    <message>
        <source>Move &amp;up</source>
        <translation>Flytta &amp;upp</translation>
    </message>
    <message>
        <source>Move &amp;down</source>
        <translation>Flytta &amp;ner</translation>
    </message>
    <message>
        <source>Diversions</source>
        <translation>Hänvisningar</translation>
    </message>
    <message>
        <source>&amp;New diversion</source>
        <translation>&amp;Ny hänvisning</translation>
    </message>
    <message>
        <source>Remo&amp;ve</source>
        <translation>Ta &amp;bort</translation>
    </message>
    <message>
        <source>Name in Swedish</source>
        <translation>Namn på svenska</translation>
    </message>
    <message>
        <source>Name in English</source>
        <translation>Namn på engelska</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Slag</translation>
    </message>
    <message>
        <source>The switchboard&apos;s value</source>
        <translation>Växelns värde</translation>
    </message>
    <message>
        <source>An absence counts outside working hours too.</source>
        <translation>Frånvaro räknas även utanför arbetstiden.</translation>
    </message>
    <message>
        <source>Leave it empty for the usual value, {value}.</source>
        <translation>Lämna tomt för det vanliga värdet, {value}.</translation>
    </message>
    <message>
        <source>The switchboard has no value for this yet: nothing can be set with it.</source>
        <translation>Växeln har inget värde för den här än: inget kan sättas med den.</translation>
    </message>
    <message>
        <source>Prefix</source>
        <translation>Prefix</translation>
    </message>
    <message>
        <source>Diversion</source>
        <translation>Hänvisning</translation>
    </message>
    <message>
        <source>Remove {prefix}</source>
        <translation>Ta bort {prefix}</translation>
    </message>
    <message>
        <source>The same prefix stands twice.</source>
        <translation>Samma prefix står två gånger.</translation>
    </message>
    <message>
        <source>&amp;Add a prefix</source>
        <translation>&amp;Lägg till ett prefix</translation>
    </message>
    <message>
        <source>What is strongest</source>
        <translation>Vad som är starkast</translation>
    </message>
    <message>
        <source>Where events overlap, the one whose diversion stands higher decides.</source>
        <translation>Där bokningar överlappar avgör den vars hänvisning står högst.</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>Bokningar</translation>
    </message>
    <message>
        <source>Pri&amp;vate events</source>
        <translation>&amp;Privata bokningar</translation>
    </message>
    <message>
        <source>Count as all others</source>
        <translation>Räknas som alla andra</translation>
    </message>
    <message>
        <source>Do not count</source>
        <translation>Räknas inte</translation>
    </message>
    <message>
        <source>Their subject is never shown, sent or kept in either case.</source>
        <translation>Deras ämne visas, skickas och sparas aldrig, vad du än väljer.</translation>
    </message>
    <message>
        <source>&amp;All-day events</source>
        <translation>&amp;Heldagsbokningar</translation>
    </message>
    <message>
        <source>Count only with a prefix</source>
        <translation>Räknas bara med prefix</translation>
    </message>
    <message>
        <source>min</source>
        <translation>min</translation>
    </message>
    <message>
        <source>Begin &amp;before the event</source>
        <translation>Börja &amp;före bokningen</translation>
    </message>
    <message>
        <source>End a&amp;fter the event</source>
        <translation>Sluta &amp;efter bokningen</translation>
    </message>
    <message>
        <source>Bridge &amp;gaps of at most</source>
        <translation>Överbrygga &amp;glapp på högst</translation>
    </message>
    <message>
        <source>Two events of the same kind with a shorter gap show as one.</source>
        <translation>Två bokningar av samma slag med kortare glapp visas som en.</translation>
    </message>
    <message>
        <source>Working hours</source>
        <translation>Arbetstid</translation>
    </message>
    <message>
        <source>Go by &amp;working hours</source>
        <translation>&amp;Ta hänsyn till arbetstid</translation>
    </message>
    <message>
        <source>Outside them only absences count.</source>
        <translation>Utanför den räknas bara frånvaro.</translation>
    </message>
    <message>
        <source>Take them from Outlook</source>
        <translation>Hämta den från Outlook</translation>
    </message>
    <message>
        <source>The sign-in then asks to read them too. Where that is not allowed, those below hold.</source>
        <translation>Då frågar inloggningen efter lov att läsa den också. Ges det inte gäller tiderna nedan.</translation>
    </message>
    <message>
        <source>Days</source>
        <translation>Dagar</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Från</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Till</translation>
    </message>
    <message>
        <source>Show &amp;outside them</source>
        <translation>&amp;Visa utanför den</translation>
    </message>
    <message>
        <source>Monday</source>
        <translation>Måndag</translation>
    </message>
    <message>
        <source>Tuesday</source>
        <translation>Tisdag</translation>
    </message>
    <message>
        <source>Wednesday</source>
        <translation>Onsdag</translation>
    </message>
    <message>
        <source>Thursday</source>
        <translation>Torsdag</translation>
    </message>
    <message>
        <source>Friday</source>
        <translation>Fredag</translation>
    </message>
    <message>
        <source>Saturday</source>
        <translation>Lördag</translation>
    </message>
    <message>
        <source>Sunday</source>
        <translation>Söndag</translation>
    </message>
    <message>
        <source>I have read this and want to use it</source>
        <translation>Jag har läst det här och vill använda den</translation>
    </message>
    <message>
        <source>S&amp;witchboard</source>
        <translation>&amp;Växel</translation>
    </message>
    <message>
        <source>&amp;Test connection</source>
        <translation>&amp;Testa anslutningen</translation>
    </message>
    <message>
        <source>The test only reads. Nothing is changed in the switchboard.</source>
        <translation>Testet läser bara. Inget ändras i växeln.</translation>
    </message>
    <message>
        <source>Try to set a di&amp;version…</source>
        <translation>&amp;Prova att sätta en hänvisning…</translation>
    </message>
    <message>
        <source>Kept in the computer&apos;s keyring, never in a file.</source>
        <translation>Sparas i datorns nyckelring, aldrig i en fil.</translation>
    </message>
    <message>
        <source>{label} (optional)</source>
        <translation>{label} (valfritt)</translation>
    </message>
    <message>
        <source>•••••••• (kept)</source>
        <translation>•••••••• (sparat)</translation>
    </message>
    <message>
        <source>Asking the switchboard…</source>
        <translation>Frågar växeln…</translation>
    </message>
    <message>
        <source>It works. The switchboard knows {count} diversions: {names}.</source>
        <translation>Det fungerar. Växeln har {count} hänvisningar: {names}.</translation>
    </message>
    <message>
        <source>Read what is unproven first, and tick the box.</source>
        <translation>Läs först vad som är obekräftat, och kryssa i rutan.</translation>
    </message>
    <message>
        <source>{label} is missing.</source>
        <translation>{label} saknas.</translation>
    </message>
    <message>
        <source>Read what is said below, and tick the box, to use it.</source>
        <translation>Läs det som står nedanför och kryssa i rutan för att använda den.</translation>
    </message>
    <message>
        <source>no diversion</source>
        <translation>ingen hänvisning</translation>
    </message>
    <message>
        <source>prefix</source>
        <translation>prefix</translation>
    </message>
    <message>
        <source>status</source>
        <translation>status</translation>
    </message>
    <message>
        <source>{diversion} ({rule})</source>
        <translation>{diversion} ({rule})</translation>
    </message>
    <message>
        <source>Subject to try</source>
        <translation>Ämne att prova</translation>
    </message>
    <message>
        <source>Status to try</source>
        <translation>Status att prova</translation>
    </message>
    <message>
        <source>T&amp;ry it</source>
        <translation>P&amp;rova</translation>
    </message>
    <message>
        <source>Calendar</source>
        <translation>Kalender</translation>
    </message>
    <message>
        <source>Switchboard</source>
        <translation>Växel</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>Regler</translation>
    </message>
    <message>
        <source>General</source>
        <translation>Allmänt</translation>
    </message>
    <message>
        <source>About</source>
        <translation>Om</translation>
    </message>
    <message>
        <source>Settings – B2Cal Desktop</source>
        <translation>Inställningar – B2Cal Desktop</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Sidor</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>OK</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Avbryt</translation>
    </message>
    <message>
        <source>A&amp;pply</source>
        <translation>Ver&amp;kställ</translation>
    </message>
    <message>
        <source>Something here needs a look</source>
        <translation>Något här behöver ses över</translation>
    </message>
    <message>
        <source>Today&apos;s preview shows here as soon as the calendar has been read.</source>
        <translation>Förhandsvisningen av i dag syns här så snart kalendern har lästs.</translation>
    </message>
    <message>
        <source>Today with these settings</source>
        <translation>I dag med de här inställningarna</translation>
    </message>
    <message>
        <source>&amp;Outlook&apos;s status</source>
        <translation>&amp;Outlooks status</translation>
    </message>
    <message>
        <source>Busy, Away and the like decide. You need not change how you book.</source>
        <translation>Upptagen, Frånvarande och de andra avgör. Du behöver inte boka på något annat sätt.</translation>
    </message>
    <message>
        <source>Only events that begin with a code, such as LUN:, set a diversion.</source>
        <translation>Bara bokningar som börjar med en kod, som LUN:, sätter en hänvisning.</translation>
    </message>
    <message>
        <source>Prefi&amp;xes in the subject</source>
        <translation>&amp;Prefix i ämnesraden</translation>
    </message>
    <message>
        <source>Pre&amp;fix first, else status</source>
        <translation>Prefi&amp;x först, annars status</translation>
    </message>
    <message>
        <source>The code decides where there is one. All other events go by status.</source>
        <translation>Koden avgör där det finns en. Alla andra bokningar går efter status.</translation>
    </message>
    <message>
        <source>Absence</source>
        <translation>Frånvaro</translation>
    </message>
    <message>
        <source>Activity</source>
        <translation>Aktivitet</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Plats</translation>
    </message>
    <message>
        <source>A sign-in is under way. Finish it in your browser.</source>
        <translation>En inloggning pågår. Gör klart den i webbläsaren.</translation>
    </message>
    <message>
        <source>Leave the sign-in</source>
        <translation>Avbryt inloggningen</translation>
    </message>
    <message>
        <source>Your IT department has to approve the app. Send them this:</source>
        <translation>IT-avdelningen behöver godkänna appen. Skicka det här till dem:</translation>
    </message>
    <message>
        <source>The settings cannot be opened.</source>
        <translation>Inställningarna går inte att öppna.</translation>
    </message>
    <message>
        <source>Only what stands after the @ is used, to look at the usual addresses. No name and no password is sent.</source>
        <translation>Bara det som står efter @ används, för att leta på de vanliga adresserna. Inget namn och inget lösenord skickas.</translation>
    </message>
    <message>
        <source>Write your whole e-mail address, or what stands after the @.</source>
        <translation>Skriv hela din e-postadress, eller det som står efter @.</translation>
    </message>
    <message>
        <source>Looking at the usual addresses of {domain}…</source>
        <translation>Letar på de vanliga adresserna hos {domain}…</translation>
    </message>
    <message>
        <source>The mailboxes of {domain} seem to be in Microsoft 365.</source>
        <translation>Postlådorna hos {domain} verkar finnas i Microsoft 365.</translation>
    </message>
    <message>
        <source>Your e-mail a&amp;ddress at work</source>
        <translation>Din e-postadress på &amp;jobbet</translation>
    </message>
    <message>
        <source>Stop loo&amp;king</source>
        <translation>S&amp;luta leta</translation>
    </message>
    <message>
        <source>Loo&amp;k for it</source>
        <translation>&amp;Leta</translation>
    </message>
    <message>
        <source>Use Microsoft &amp;365</source>
        <translation>Använd Microsoft &amp;365</translation>
    </message>
    <message>
        <source>{host} answers, but this computer does not accept its certificate, so nothing more was asked there. Show this to IT.</source>
        <translation>{host} svarar, men datorn godtar inte dess certifikat, så där frågades inget mer. Visa det här för IT.</translation>
    </message>
    <message>
        <source>No Exchange server answers at the usual addresses of {domain}. Try on the company&apos;s network, or ask IT for the address.</source>
        <translation>Ingen Exchange-server svarar på de vanliga adresserna hos {domain}. Prova på företagets nät, eller fråga IT efter adressen.</translation>
    </message>
    <message>
        <source>This server answers. Is it your company&apos;s?</source>
        <translation>Den här servern svarar. Är det ditt företags?</translation>
    </message>
    <message>
        <source>These servers answer. Which one is your company&apos;s?</source>
        <translation>De här servrarna svarar. Vilken är ditt företags?</translation>
    </message>
    <message>
        <source>Yes, use {host}</source>
        <translation>Ja, använd {host}</translation>
    </message>
    <message>
        <source>Nothing about you has been sent to it. Your user name and password go there only after your yes, and nowhere else.</source>
        <translation>Ingenting om dig har skickats dit. Ditt användarnamn och lösenord går dit först efter ditt ja, och ingen annanstans.</translation>
    </message>
    <message>
        <source>An Exchange server that takes user name and password (Basic).</source>
        <translation>En Exchange-server som tar användarnamn och lösenord (Basic).</translation>
    </message>
    <message>
        <source>An Exchange server. It offers to sign in by {ways}.</source>
        <translation>En Exchange-server. Den erbjuder inloggning med {ways}.</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>I dag</translation>
    </message>
</context>
<context>
    <name>setup</name>
    <message>
        <source>B2Cal Desktop reads your own calendar and keeps your own diversion in the switchboard right: in a meeting, at lunch, gone for the day.</source>
        <translation>B2Cal Desktop läser din egen kalender och håller din egen hänvisning i växeln rätt: i möte, på lunch, gått för dagen.</translation>
    </message>
    <message>
        <source>Setting it up takes about two minutes. Nothing is changed until you say so at the end.</source>
        <translation>Det tar ungefär två minuter. Inget ändras förrän du säger till i slutet.</translation>
    </message>
    <message>
        <source>It reads no one else&apos;s calendar.</source>
        <translation>Den läser ingen annans kalender.</translation>
    </message>
    <message>
        <source>Subjects, places and people never leave this computer.</source>
        <translation>Ämnen, platser och personer lämnar aldrig den här datorn.</translation>
    </message>
    <message>
        <source>the calendar</source>
        <translation>kalender</translation>
    </message>
    <message>
        <source>the switchboard</source>
        <translation>växel</translation>
    </message>
    <message>
        <source>what decides your diversion</source>
        <translation>vad som avgör hänvisningen</translation>
    </message>
    <message>
        <source>Your company has already chosen {things}.</source>
        <translation>Företaget har redan valt {things}.</translation>
    </message>
    <message>
        <source>What the app never does</source>
        <translation>Vad appen aldrig gör</translation>
    </message>
    <message>
        <source>It never changes a diversion that you have set by hand before your next event begins.</source>
        <translation>Den ändrar aldrig en hänvisning som du har satt för hand innan nästa bokning börjar.</translation>
    </message>
    <message>
        <source>&amp;Try again</source>
        <translation>Försök i&amp;gen</translation>
    </message>
    <message>
        <source>Back to the &amp;calendar</source>
        <translation>Till &amp;kalendern</translation>
    </message>
    <message>
        <source>These are your own events. Nothing has been written yet.</source>
        <translation>Det här är dina egna bokningar. Inget har skrivits än.</translation>
    </message>
    <message>
        <source>Reading the calendar…</source>
        <translation>Läser kalendern…</translation>
    </message>
    <message>
        <source>On the other days until {day} nothing sets a diversion.</source>
        <translation>Övriga dagar till och med {day}: inget som ger en hänvisning.</translation>
    </message>
    <message>
        <source>There is nothing in the calendar for the coming week.</source>
        <translation>Kalendern är tom den närmaste veckan.</translation>
    </message>
    <message>
        <source>One event was read.</source>
        <translation>En bokning lästes.</translation>
    </message>
    <message>
        <source>{count} events were read.</source>
        <translation>{count} bokningar lästes.</translation>
    </message>
    <message>
        <source>Finish &amp;later</source>
        <translation>Gör klart &amp;senare</translation>
    </message>
    <message>
        <source>‹ &amp;Back</source>
        <translation>‹ Till&amp;baka</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>Välkommen</translation>
    </message>
    <message>
        <source>Where is your calendar?</source>
        <translation>Var finns din kalender?</translation>
    </message>
    <message>
        <source>Which switchboard?</source>
        <translation>Vilken växel?</translation>
    </message>
    <message>
        <source>What decides your diversion?</source>
        <translation>Vad avgör din hänvisning?</translation>
    </message>
    <message>
        <source>This is how your days turn out</source>
        <translation>Så här blir dina dagar</translation>
    </message>
    <message>
        <source>Set up B2Cal Desktop</source>
        <translation>Kom i gång med B2Cal Desktop</translation>
    </message>
    <message>
        <source>Step {number} of {count}</source>
        <translation>Steg {number} av {count}</translation>
    </message>
    <message>
        <source>&amp;Start using it</source>
        <translation>Börja &amp;använda</translation>
    </message>
    <message>
        <source>&amp;Next ›</source>
        <translation>&amp;Nästa ›</translation>
    </message>
</context>
<context>
    <name>start</name>
    <message>
        <source>B2Cal Desktop cannot start</source>
        <translation>B2Cal Desktop kan inte starta</translation>
    </message>
    <message>
        <source>Your diversion is left as it is until this is solved.</source>
        <translation>Din hänvisning lämnas som den är tills det är löst.</translation>
    </message>
    <message>
        <source>&amp;Try again</source>
        <translation>&amp;Försök igen</translation>
    </message>
    <message>
        <source>&amp;Start over</source>
        <translation>&amp;Börja om</translation>
    </message>
    <message>
        <source>The file is kept beside the new one.</source>
        <translation>Filen finns kvar bredvid den nya.</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Avsluta</translation>
    </message>
</context>
<context>
    <name>status</name>
    <message>
        <source>synced {age}</source>
        <translation>synkat {age}</translation>
    </message>
    <message>
        <source>The calendar: {health}</source>
        <translation>Kalendern: {health}</translation>
    </message>
    <message>
        <source>The switchboard: you set it yourself</source>
        <translation>Växeln: du ställer in den själv</translation>
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
        <source>you set it in the switchboard yourself</source>
        <translation>du ställer in den själv i växeln</translation>
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
    <name>task</name>
    <message>
        <source>No answer came within a reasonable time. Try again.</source>
        <translation>Inget svar kom inom rimlig tid. Försök igen.</translation>
    </message>
    <message>
        <source>The file cannot be written: {reason}.</source>
        <translation>Filen går inte att skriva: {reason}.</translation>
    </message>
    <message>
        <source>Something unexpected happened ({kind}).</source>
        <translation>Något oväntat hände ({kind}).</translation>
    </message>
    <message>
        <source>Check the address and the network, and try again.</source>
        <translation>Kontrollera adressen och nätet, och försök igen.</translation>
    </message>
    <message>
        <source>Try again in a few minutes.</source>
        <translation>Försök igen om några minuter.</translation>
    </message>
    <message>
        <source>Check the address. On a guest network you may have to sign in there first.</source>
        <translation>Kontrollera adressen. På ett gästnät kan du behöva logga in där först.</translation>
    </message>
</context>
<context>
    <name>tray</name>
    <message>
        <source>Starting…</source>
        <translation>Startar…</translation>
    </message>
    <message>
        <source>The set-up is not finished</source>
        <translation>Inte i gång än</translation>
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
        <translation>Provkörning · {diversion}</translation>
    </message>
    <message>
        <source>{diversion} · done early</source>
        <translation>{diversion} · klar i förtid</translation>
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
        <source>Finish the set-up…</source>
        <translation>Kom i gång…</translation>
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
        <source>Ask IT for approval…</source>
        <translation>Be IT om godkännande…</translation>
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
        <source>Something went wrong last time…</source>
        <translation>Något gick fel förra gången…</translation>
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
        <source>What leaves this computer…</source>
        <translation>Det här lämnar datorn…</translation>
    </message>
    <message>
        <source>Check everything</source>
        <translation>Kontrollera allt</translation>
    </message>
    <message>
        <source>Save diagnostics…</source>
        <translation>Spara diagnostik…</translation>
    </message>
    <message>
        <source>Get version {version}…</source>
        <translation>Hämta version {version}…</translation>
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
    <name>trial</name>
    <message>
        <source>&amp;Set and put back</source>
        <translation>&amp;Sätt och återställ</translation>
    </message>
    <message>
        <source>Try it in the switchboard – B2Cal Desktop</source>
        <translation>Prova i växeln – B2Cal Desktop</translation>
    </message>
    <message>
        <source>Set a diversion and put back what was there</source>
        <translation>Sätt en hänvisning och återställ det som gällde</translation>
    </message>
    <message>
        <source>&amp;Diversion</source>
        <translation>&amp;Hänvisning</translation>
    </message>
    <message>
        <source>What was done, step by step</source>
        <translation>Vad som gjordes, steg för steg</translation>
    </message>
    <message>
        <source>&amp;Request and answer; passwords are masked</source>
        <translation>&amp;Anrop och svar; lösenord är dolda</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>S&amp;täng</translation>
    </message>
    <message>
        <source>The trial is running. What was there is put back before it ends.</source>
        <translation>Provet pågår. Det som gällde återställs innan det är klart.</translation>
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
        <source>{events} gave way: {diversion} is stronger than {others}.</source>
        <translation>{events} får ge vika: {diversion} är starkare än {others}.</translation>
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
        <source>You are told to set it {moment}.</source>
        <translation>Programmet säger till {moment} att det är dags att ställa in den.</translation>
    </message>
    <message>
        <source>You were told to set it at {moment}.</source>
        <translation>Programmet sa till {moment} att det var dags att ställa in den.</translation>
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
