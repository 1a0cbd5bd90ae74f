// The page: what is shown where, what the person does, and what the stream of changes brings.

import { act, fetchState, follow, reason } from "./api.js";
import { composer } from "./composer.js";
import { byId, h } from "./dom.js";
import { icon } from "./icons.js";
import { announceMessage, showMessages } from "./messages.js";
import { showHome, showModals } from "./modal.js";
import { botName, channelOf, find, forget, isDirect, keep, load, model, people, rootOf, threadOf, titleOf } from "./model.js";

const app = byId("app");
const wide = matchMedia("(min-width: 60rem)");
const boxes = { main: null, thread: null };
const asked = new Set();
const PEEK = 28;

// --- drawing ------------------------------------------------------------------------------------------

function draw() {
  drawSidebar();
  drawHead();
  drawChannel();
  drawThread();
  showModals(model.views);
}

function drawSidebar() {
  byId("team").textContent = model.team;
  const rows = (direct) => model.channels.filter((channel) => channel.is_im === direct).map(channelRow);
  byId("channels").replaceChildren(...rows(false));
  byId("direct").replaceChildren(...rows(true));
}

function channelRow(channel) {
  const unread = model.unread.get(channel.id) || 0;
  const here = channel.id === model.channel;
  const sign = channel.is_im
    ? h("span", { class: "presence", data: { up: model.connected }, title: model.connected ? "connected" : "not connected" })
    : h("span", { class: "hash", "aria-hidden": "true" }, "#");
  return h("li", {}, h("button", {
    type: "button", class: unread ? "channel unread" : "channel", "aria-current": here ? "page" : null, data: { channel: channel.id },
    on: { click: () => openChannel(channel.id, { focus: wide.matches }) },
  }, sign, h("span", { class: "channel-name" }, channel.is_im ? botName() : channel.name),
  unread ? h("span", { class: "badge", "aria-label": `${unread} unread` }, String(unread)) : null));
}

function drawHead() {
  const channel = channelOf(model.channel);
  byId("channel-title").textContent = channel ? titleOf(channel) : "";
  document.title = channel ? `${titleOf(channel)} — ${model.team}` : model.team;
  byId("tabs").hidden = !channel?.is_im;
  byId("tab-messages").setAttribute("aria-pressed", String(model.tab === "messages"));
  byId("tab-home").setAttribute("aria-pressed", String(model.tab === "home"));
  const shortcuts = model.shortcuts.filter((shortcut) => shortcut.kind === "shortcut");
  byId("global-shortcuts").replaceChildren(...shortcuts.map((shortcut) => h("button", {
    type: "button", class: "button", on: { click: async () => warnOf(await act("shortcut", { id: shortcut.id })) },
  }, shortcut.name)));
  const banner = byId("banner");
  banner.hidden = model.linked && model.connected;
  banner.textContent = model.linked ? `${botName()} is not connected yet: messages wait for it.` : "Reconnecting to the workspace…";
}

function drawChannel() {
  const home = model.tab === "home" && isDirect(model.channel);
  const messages = rootOf(model.channel);
  byId("home").hidden = !home;
  byId("messages").hidden = home;
  byId("composer").hidden = home;
  byId("empty").hidden = home || messages.length > 0;
  if (home) showHome(model.home);
  if (!byId("empty").hidden) drawEmpty();
  stick(byId("scroll"), byId("messages"), () => showMessages(byId("messages"), messages, hooks(false)));
  drawPrompts();
}

function drawEmpty() {
  const direct = isDirect(model.channel);
  const where = direct ? `This is the start of your conversation with ${botName()}.` : `Nothing has been said in #${channelOf(model.channel)?.name} yet.`;
  const way = direct ? "Just write: no mention is needed here." : `Mention @${botName()} anywhere in a message and it answers in a thread.`;
  const commands = model.commands.map((command) => h("code", {}, command.name));
  byId("empty").replaceChildren(
    h("div", { class: "empty-mark" }, icon("flame")),
    h("h2", {}, `Ask ${botName()} a question`),
    h("p", {}, `${where} ${way}`),
    model.suggestions.length ? h("ul", { class: "suggestions", "aria-label": "Example questions" }, ...model.suggestions.map((question) => h("li", {},
      h("button", { type: "button", class: "suggestion", on: { click: () => suggest(question) } }, h("span", { dir: "auto" }, question), icon("arrow"))))) : null,
    commands.length ? h("p", { class: "hint" }, "Or try the command ", ...commands.flatMap((node, index) => (index ? [", ", node] : [node])), ".") : null);
}

function drawPrompts() {
  const offer = model.prompts.get(model.channel);
  byId("composer").querySelector(".prompts")?.remove();
  if (!offer || model.tab === "home") return;
  byId("composer").prepend(h("div", { class: "prompts", role: "group", "aria-label": offer.title || "Suggested prompts" },
    ...offer.prompts.map((prompt) => h("button", { type: "button", class: "button", on: { click: () => send(prompt.message) } }, prompt.title))));
}

function drawThread() {
  const open = Boolean(model.thread) && Boolean(find(model.channel, model.thread));
  byId("thread").hidden = !open;
  app.dataset.thread = open ? "open" : "closed";
  if (!open) return;
  byId("thread-place").textContent = titleOf(channelOf(model.channel));
  const list = byId("thread-messages");
  stick(byId("thread-scroll"), list, () => showMessages(list, threadOf(model.channel, model.thread), hooks(true)));
  boxes.thread.warn(model.status.get(model.thread) || "");
}

/** Change what a scrolling box shows; if its reader was following the end, show what is new. */
function stick(box, list, change) {
  const before = list.lastElementChild;
  const following = !before || before.getBoundingClientRect().top < box.getBoundingClientRect().bottom;
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  change();
  if (list.lastElementChild?.dataset.ts !== before?.dataset.ts ? following : atEnd) toEnd(box, list);
}

/** Scroll to the end, or to the head of the last message when it is taller than the box. */
function toEnd(box, list) {
  box.scrollTop = box.scrollHeight;
  const last = list.lastElementChild;
  const above = last ? last.getBoundingClientRect().top - box.getBoundingClientRect().top : 0;
  if (above < 0) box.scrollTop += above - PEEK;
}

const hooks = (inThread) => ({
  inThread,
  openThread: (message, options) => openThread(message, options),
  edit: (message) => { model.editing = message?.ts ?? null; draw(); if (!message) boxes[inThread ? "thread" : "main"].focus(); },
  warn: (words) => boxes[inThread ? "thread" : "main"].warn(words),
});

// --- what the person does -----------------------------------------------------------------------------

function openChannel(id, { focus = false } = {}) {
  Object.assign(model, { channel: id, thread: null, editing: null, tab: "messages" });
  model.unread.delete(id);
  history.replaceState(null, "", `#${id}`);
  toggleSidebar(false);
  buildComposers();
  draw();
  toEnd(byId("scroll"), byId("messages"));
  if (isDirect(id)) act("open", { tab: "messages" });
  if (focus) boxes.main.focus();
}

function openThread(message, { focus = true } = {}) {
  model.thread = message.thread_ts || message.ts;
  drawThread();
  toEnd(byId("thread-scroll"), byId("thread-messages"));
  if (focus) boxes.thread.focus();
}

function closeThread() {
  const ts = model.thread;
  model.thread = null;
  drawThread();
  const link = [...byId("messages").children].find((node) => node.dataset.ts === ts)?.querySelector(".thread-link");
  (link || boxes.main).focus();
}

function toggleSidebar(open) {
  app.dataset.sidebar = open ? "open" : "closed";
  byId("scrim").hidden = !open;
  if (open) byId("close-sidebar").focus();
}

async function send(text, thread = null) {
  if (text.startsWith("/")) return thread ? `${text.split(/\s/)[0]} is not supported in threads. Sorry!` : warning(await act("command", { channel: model.channel, text }));
  const answer = await act("post", { channel: model.channel, text, thread_ts: thread });
  if (answer.ok && !thread && !isDirect(model.channel)) {
    asked.add(answer.ts);
    followAnswer(answer.ts);
  }
  return warning(answer);
}

const warning = (answer) => (answer.ok ? "" : reason(answer));
const warnOf = (answer) => boxes.main.warn(warning(answer));
const suggest = async (question) => boxes.main.warn(await send(isDirect(model.channel) ? question : `@${botName()} ${question}`) || "");

/** Open the thread of a question asked here once the bot has answered, where there is room beside. */
function followAnswer(ts) {
  const question = find(model.channel, ts);
  if (!wide.matches || !asked.has(ts) || !question?.reply_count) return;
  asked.delete(ts);
  if (!model.thread || model.thread !== ts) openThread(question, { focus: false });
}

function editLast(list) {
  const last = list().filter((message) => message.user === model.me && !message.is_ephemeral).at(-1);
  if (last) { model.editing = last.ts; draw(); }
}

function buildComposers() {
  const place = titleOf(channelOf(model.channel)).replace("# ", "#");
  boxes.main = composer({
    id: "composer-text", label: `Message ${place}`, commands: true, send: (text) => send(text),
    placeholder: isDirect(model.channel) ? `Message ${place}` : `Message ${place} — @${botName()} to ask`,
    editLast: () => editLast(() => rootOf(model.channel)),
  });
  boxes.thread = composer({
    id: "thread-text", label: "Reply in the thread", placeholder: "Reply…", commands: false, send: (text) => send(text, model.thread),
    editLast: () => editLast(() => threadOf(model.channel, model.thread)),
  });
  byId("composer").replaceChildren(boxes.main.node);
  byId("thread-composer").replaceChildren(boxes.thread.node);
}

// --- what changes bring -------------------------------------------------------------------------------

const CHANGES = {
  message(message) {
    const known = find(message.channel, message.ts);
    keep(message);
    if (!known && message.user !== model.me) arrived(message);
    if (message.user === model.bot) model.status.delete(message.thread_ts || message.ts);
    draw();
    if (message.channel === model.channel) followAnswer(message.ts);
  },
  message_removed(place) { forget(place); draw(); },
  views({ views }) { model.views = views; showModals(views); },
  home({ view }) { model.home = view; draw(); },
  connected({ connected }) { model.connected = connected; drawSidebar(); drawHead(); },
  prompts(offer) { model.prompts.set(offer.channel, offer); drawPrompts(); },
  status({ thread_ts: thread, status }) {
    model.status.set(thread, status ? `${botName()} ${status}` : "");
    drawThread();
  },
};

function arrived(message) {
  announceMessage(message);
  if (message.channel !== model.channel) model.unread.set(message.channel, (model.unread.get(message.channel) || 0) + 1);
}

async function refresh() {
  load(await fetchState());
  draw();
}

function listen() {
  document.querySelectorAll("[data-icon]").forEach((node) => node.append(icon(node.dataset.icon)));
  byId("open-sidebar").addEventListener("click", () => toggleSidebar(true));
  byId("close-sidebar").addEventListener("click", () => { toggleSidebar(false); byId("open-sidebar").focus(); });
  byId("scrim").addEventListener("click", () => toggleSidebar(false));
  byId("close-thread").addEventListener("click", closeThread);
  const tab = (name) => () => { model.tab = name; act("open", { tab: name }); draw(); };
  byId("tab-messages").addEventListener("click", tab("messages"));
  byId("tab-home").addEventListener("click", tab("home"));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    if (app.dataset.sidebar === "open") toggleSidebar(false);
    else if (model.thread) closeThread();
  });
}

/** The channel and message that the address names: a permalink, or a channel after `#`. */
function fromAddress() {
  const [, channel, digits] = location.pathname.match(/^\/archives\/(\w+)\/p(\d+)$/) || [];
  const ts = digits ? `${digits.slice(0, -6)}.${digits.slice(-6)}` : null;
  return { channel: channel || location.hash.slice(1), ts };
}

async function start() {
  load(await fetchState());
  const { channel, ts } = fromAddress();
  listen();
  openChannel(channelOf(channel) ? channel : model.channel, { focus: wide.matches });
  const message = ts && find(model.channel, ts);
  if (message && (message.reply_count || message.thread_ts)) openThread(message);
  follow((kind, payload) => CHANGES[kind]?.(payload), (up) => {
    const back = up && !model.linked;
    model.linked = up;
    if (back) refresh();
    else drawHead();
  });
  await refresh();
  app.dataset.ready = "yes";
}

start();
