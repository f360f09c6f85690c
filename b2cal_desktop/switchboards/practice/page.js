"use strict";
// Everything that comes from the switchboard is put in as text, never as HTML.

const GROUP_OF = { available: "here", place: "here", activity: "soon", absence: "away" };
const SEARCH_FROM = 7;
const POLL_MS = 5000;

const byId = (id) => document.getElementById(id);
const cards = new Map();
let language = document.documentElement.lang === "en" ? "en" : "sv";
let state = { now: null, diversions: [], users: [] };
let clockOffset = 0; // the switchboard's clock minus this computer's, in milliseconds
let openUser = null; // whose dialog is open; "" for a new person
let pollTimer = null;

const words = () => WORDS[language];
const now = () => new Date(Date.now() + clockOffset);
const locale = () => (language === "sv" ? "sv-SE" : "en-GB");

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/* ---- what is shown, in words ---- */

const catalogueEntry = (id) => state.diversions.find((entry) => entry.id === id);
const label = (id) => catalogueEntry(id)?.label[language] ?? id;
const tone = (id) => (catalogueEntry(id) ? `d-${id}` : "d-own");
const time = (date) => date.toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });

function midnight(date, daysLater = 0) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + daysLater);
}

function untilText({ diversion, until }, from) {
  if (until === null) return "";
  const end = new Date(until);
  if (+end === +midnight(from, 1)) return diversion === "gone_for_the_day" ? "" : words().day_end;
  if (+end === +midnight(from, 2)) return words().through(words().tomorrow("").trim());
  if (+end === +midnight(end)) {
    return words().through(midnight(end, -1).toLocaleDateString(locale(), { day: "numeric", month: "short" }));
  }
  if (end < midnight(from, 1)) return words().to(time(end));
  if (end < midnight(from, 2)) return words().to(words().tomorrow(time(end)));
  const options = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
  if (end.getFullYear() !== from.getFullYear()) options.year = "numeric";
  return words().to(end.toLocaleString(locale(), options));
}

function agoText(changed) {
  const seconds = Math.max(0, (now() - new Date(changed)) / 1000);
  if (seconds < 60) return words().just_now;
  const format = new Intl.RelativeTimeFormat(locale(), { style: "short", numeric: "always" });
  if (seconds < 3600) return format.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 86400) return format.format(-Math.floor(seconds / 3600), "hour");
  return format.format(-Math.floor(seconds / 86400), "day");
}

function setByText(who) {
  if (who === null) return words().never;
  if (who === "softphone" || who === "switchboard") return words()[who];
  return who === "B2Cal Desktop" ? words().calendar : words().via(who);
}

function badge(id, small = false) {
  const made = element("span", `badge ${tone(id)}${small ? " small" : ""}`);
  made.setAttribute("aria-hidden", "true");
  fillBadge(made, id);
  return made;
}

function fillBadge(made, id) {
  if (made.dataset.diversion === id) return;
  made.dataset.diversion = id;
  if (!catalogueEntry(id)) return made.replaceChildren(label(id).slice(0, 1).toUpperCase());
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#g-${id}`);
  svg.append(use);
  return made.replaceChildren(svg);
}

function stateParts(user, from) {
  const ends = untilText(user, from);
  return [element("b", "", label(user.diversion)), ends ? ` ${ends}` : ""];
}

function nameParts(user) {
  const at = user.indexOf("@");
  return at < 1 ? [user] : [user.slice(0, at), element("wbr"), element("span", "domain", user.slice(at))];
}

/* ---- the list of people ---- */

function makeCard(name) {
  const item = element("li");
  const parts = {
    item,
    badge: element("span", "badge"),
    name: element("span", "name", ...nameParts(name)),
    state: element("span", "state"),
    note: element("span", "note"),
    meta: element("span", "meta"),
  };
  parts.badge.setAttribute("aria-hidden", "true");
  parts.name.title = name;
  parts.button = element("button", "card", parts.badge, element("span", "who", parts.name, parts.state, parts.note, parts.meta));
  parts.button.type = "button";
  parts.button.dataset.user = name;
  parts.button.setAttribute("aria-haspopup", "dialog");
  parts.button.addEventListener("click", () => openDialog(name));
  item.append(parts.button);
  return parts;
}

function fillCard(card, user) {
  const from = now();
  card.button.className = `card ${tone(user.diversion)}`;
  card.button.dataset.diversion = user.diversion;
  card.badge.className = `badge ${tone(user.diversion)}`;
  fillBadge(card.badge, user.diversion);
  card.state.replaceChildren(...stateParts(user, from));
  card.note.textContent = user.note ?? "";
  card.note.hidden = !user.note;
  card.meta.textContent = user.changed ? `${setByText(user.set_by)} · ${agoText(user.changed)}` : setByText(null);
}

function renderPeople() {
  const focused = document.activeElement;
  const wanted = byId("search").value.trim().toLocaleLowerCase();
  const collator = new Intl.Collator(locale());
  const groups = { here: [], soon: [], away: [] };
  for (const user of state.users) groups[GROUP_OF[catalogueEntry(user.diversion)?.kind ?? "absence"]].push(user);
  const counts = Object.values(groups).map((users) => users.length);
  byId("summary").textContent = state.users.length ? words().summary(...counts) : "";
  byId("nobody").hidden = state.now === null || state.users.length > 0;
  byId("search").hidden = state.users.length < SEARCH_FROM && !wanted;
  const sections = [];
  for (const [group, users] of Object.entries(groups)) {
    const shown = users.filter((user) => user.user.toLocaleLowerCase().includes(wanted));
    if (!shown.length) continue;
    shown.sort((one, other) => collator.compare(one.user, other.user));
    const list = element("ul", "cards");
    for (const user of shown) {
      if (!cards.has(user.user)) cards.set(user.user, makeCard(user.user));
      const card = cards.get(user.user);
      fillCard(card, user);
      list.append(card.item);
    }
    const count = element("span", "count", String(users.length));
    sections.push(element("section", "group", element("h2", "", words()[group], count), list));
  }
  byId("people").replaceChildren(...sections);
  if (focused?.isConnected && focused !== document.activeElement && !byId("dialog").open) focused.focus();
}

function renderClock() {
  const options = { weekday: "long", day: "numeric", month: "long" };
  byId("clock").textContent = state.now ? `${now().toLocaleDateString(locale(), options)} · ${time(now())}` : "";
}

function render() {
  renderPeople();
  renderClock();
  if (byId("dialog").open) renderDialogHead();
}

function announceChanges(before, after) {
  if (before.now === null) return;
  const old = new Map(before.users.map((user) => [user.user, user]));
  const changed = after.users.filter((user) => {
    const known = old.get(user.user);
    return !known || known.diversion !== user.diversion || known.until !== user.until;
  });
  const lines = changed.slice(0, 3).map((user) => `${user.user}: ${label(user.diversion)} ${untilText(user, now())}`);
  if (lines.length) byId("announcer").textContent = lines.join(". ");
}

function takeState(next) {
  const before = state;
  state = next;
  clockOffset = new Date(next.now) - Date.now();
  announceChanges(before, next);
  render();
  const revision = (users) => JSON.stringify(users.find((user) => user.user === openUser));
  if (openUser && revision(before.users) !== revision(next.users)) loadHistory();
}

/* ---- live: server-sent events; polling while they do not come through ---- */

function showLive(status) {
  byId("live").dataset.live = status;
  byId("live-text").textContent = words()[`live_${status}`];
}

async function poll() {
  try {
    const answer = await fetch("/page/state", { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    takeState(await answer.json());
    if (pollTimer !== null) showLive("poll");
  } catch {
    showLive("off");
  }
}

function connect() {
  const events = new EventSource("/page/events");
  events.addEventListener("state", (event) => takeState(JSON.parse(event.data)));
  events.addEventListener("open", () => {
    clearInterval(pollTimer);
    pollTimer = null;
    showLive("on");
  });
  events.addEventListener("error", () => {
    if (pollTimer === null) {
      pollTimer = setInterval(poll, POLL_MS);
      poll();
    }
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, POLL_MS);
  });
  window.addEventListener("pagehide", () => events.close(), { once: true });
}

/* ---- one person: set by hand, and what was set before ---- */

function openDialog(name) {
  openUser = name;
  byId("form").reset();
  byId("person-field").hidden = name !== "";
  byId("history-part").hidden = name === "";
  byId("history").replaceChildren();
  showProblem(null);
  renderChoices();
  renderDialogHead();
  byId("time").value = nextHour();
  renderSetText();
  byId("dialog").showModal();
  if (name === "") byId("person").focus();
  else loadHistory();
}

function nextHour() {
  const next = new Date(+now() + 3600e3);
  return `${String(next.getHours()).padStart(2, "0")}:00`;
}

function renderDialogHead() {
  const user = state.users.find((known) => known.user === openUser);
  const id = user?.diversion ?? "available";
  byId("dialog-badge").className = `badge ${tone(id)}`;
  fillBadge(byId("dialog-badge"), id);
  byId("dialog-name").replaceChildren(...(openUser ? nameParts(openUser) : [words().new_person]));
  byId("dialog-state").className = `state ${tone(id)}`;
  byId("dialog-state").replaceChildren(...(user ? stateParts(user, now()) : []));
}

function renderChoices() {
  const chosen = byId("form").elements.diversion?.value;
  const choices = state.diversions.filter((entry) => entry.id !== "available").map((entry) => {
    const input = element("input");
    Object.assign(input, { type: "radio", name: "diversion", value: entry.id, checked: entry.id === chosen });
    return element("label", `choice ${tone(entry.id)}`, input, badge(entry.id, true), element("span", "", entry.label[language]));
  });
  byId("choices").replaceChildren(...choices);
}

function chosenUntil() {
  const chosen = byId("form").elements.until.value;
  if (chosen === "open") return null;
  if (chosen === "day") return midnight(now(), 1);
  if (chosen !== "time") return new Date(+now() + Number(chosen) * 60e3);
  const [hours, minutes] = byId("time").value.split(":").map(Number);
  if (minutes === undefined) return undefined;
  const end = midnight(now());
  end.setHours(hours, minutes);
  if (end <= now()) end.setDate(end.getDate() + 1);
  return end;
}

function renderSetText() {
  const chosen = byId("form").elements.diversion?.value;
  const until = chosenUntil();
  const ends = until ? untilText({ diversion: chosen, until: until.toISOString() }, now()) : "";
  byId("set-text").textContent = chosen ? `${label(chosen)} ${ends}`.trim() : words().set;
}

function showProblem(text) {
  byId("problem").hidden = text === null;
  byId("problem").textContent = text ?? "";
}

async function setDiversion(diversion, until) {
  const user = openUser || byId("person").value.trim();
  if (!user) {
    showProblem(words().problem_person);
    byId("person").focus();
    return;
  }
  const note = diversion === "available" ? null : byId("note").value.trim() || null;
  const body = JSON.stringify({ user, diversion, until: until?.toISOString() ?? null, note });
  byId("set").disabled = byId("available").disabled = true;
  try {
    const answer = await fetch("/page/diversion", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    if (answer.ok) {
      byId("dialog").close();
      if (pollTimer !== null) poll();
    } else {
      const problem = await answer.json();
      const known = { 404: "problem_unknown", 409: "problem_conflict" }[answer.status];
      const badName = problem.errors?.some((error) => error.field === "user");
      showProblem(badName ? words().problem_person : known ? words()[known] : words().problem_refused(problem.detail));
    }
  } catch {
    showProblem(words().problem_offline);
  } finally {
    byId("set").disabled = byId("available").disabled = false;
  }
}

function submit(event) {
  event.preventDefault();
  const diversion = byId("form").elements.diversion?.value;
  const until = chosenUntil();
  if (!diversion) showProblem(words().problem_diversion);
  else if (until === undefined) showProblem(words().problem_time);
  else setDiversion(diversion, until);
}

async function loadHistory() {
  const asked = openUser;
  try {
    const answer = await fetch(`/page/users/${encodeURIComponent(asked)}/history`);
    if (!answer.ok) throw new Error(String(answer.status));
    const { history } = await answer.json();
    if (asked === openUser) renderHistory(history);
  } catch {
    if (asked === openUser) byId("history").replaceChildren(element("li", "muted", words().problem_offline));
  }
}

function renderHistory(history) {
  const today = midnight(now());
  const lines = history.map((entry) => {
    const changed = new Date(entry.changed);
    const day = { day: "numeric", month: "short" };
    const when = changed >= today ? time(changed) : `${changed.toLocaleDateString(locale(), day)} ${time(changed)}`;
    const what = element("span", `state ${tone(entry.diversion)}`, ...stateParts(entry, changed));
    const note = entry.note ? ` · ${entry.note}` : "";
    const who = element("span", "who", what, element("span", "meta", setByText(entry.set_by) + note));
    return element("li", "", badge(entry.diversion, true), who, element("span", "when muted", when));
  });
  byId("history").replaceChildren(...(lines.length ? lines : [element("li", "muted", words().no_history)]));
}

/* ---- language, and putting it together ---- */

function showLanguage() {
  document.documentElement.lang = language;
  document.title = words().title;
  for (const part of document.querySelectorAll("[data-text]")) part.textContent = words()[part.dataset.text];
  for (const part of document.querySelectorAll("[data-label]")) part.setAttribute("aria-label", words()[part.dataset.label]);
  for (const part of document.querySelectorAll("[data-placeholder]")) part.placeholder = words()[part.dataset.placeholder];
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.setAttribute("aria-pressed", String(button.dataset.lang === language));
  }
  showLive(byId("live").dataset.live);
  render();
}

function switchLanguage(event) {
  language = event.currentTarget.dataset.lang;
  document.cookie = `lang=${language}; Path=/; Max-Age=31536000; SameSite=Strict`;
  showLanguage();
}

for (const button of document.querySelectorAll("[data-lang]")) button.addEventListener("click", switchLanguage);
byId("search").addEventListener("input", renderPeople);
byId("add").addEventListener("click", () => openDialog(""));
byId("close").addEventListener("click", () => byId("dialog").close());
byId("dialog").addEventListener("close", () => { openUser = null; });
byId("dialog").addEventListener("click", (event) => { if (event.target === byId("dialog")) byId("dialog").close(); });
byId("form").addEventListener("submit", submit);
byId("form").addEventListener("input", () => { showProblem(null); renderSetText(); });
byId("available").addEventListener("click", () => setDiversion("available", null));
for (const event of ["input", "focus"]) {
  byId("time").addEventListener(event, () => {
    byId("form").elements.until.value = "time";
    renderSetText();
  });
}
document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });
setInterval(render, 15000);
showLanguage();
connect();
