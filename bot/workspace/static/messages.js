// Messages in a channel or thread: drawn once, and drawn anew only when they changed.

import { act, reason } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { stateOf } from "./controls.js";
import { announce, confirmed, h } from "./dom.js";
import { emoji } from "./emoji.js";
import { icon } from "./icons.js";
import { editor } from "./composer.js";
import { model, people } from "./model.js";
import { mrkdwn, plain } from "./mrkdwn.js";

const GROUP_SECONDS = 300;

/** Make `list` show `messages`, keeping the nodes of those that did not change. */
export function showMessages(list, messages, hooks) {
  const known = new Map([...list.children].map((node) => [node.dataset.ts, node]));
  const nodes = messages.map((message, index) => {
    const look = { follows: follows(messages[index - 1], message), editing: model.editing === message.ts };
    const version = JSON.stringify([message, look, hooks.inThread]);
    const old = known.get(message.ts);
    if (old?.version === version) return old;
    const node = draw(message, look, hooks);
    node.version = version;
    return node;
  });
  nodes.forEach((node, index) => {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] || null);
  });
  while (list.children.length > nodes.length) list.lastChild.remove();
}

function follows(before, message) {
  if (message.bot_id && message.blocks?.length) return false;
  return Boolean(before) && before.user === message.user && !before.subtype && !message.subtype
    && Boolean(before.is_ephemeral) === Boolean(message.is_ephemeral) && !before.reply_count
    && Number(message.ts) - Number(before.ts) < GROUP_SECONDS;
}

function draw(message, look, hooks) {
  const name = people.user(message.user);
  const classes = ["message", look.follows && "follows", message.is_ephemeral && "ephemeral", message.subtype === "tombstone" && "gone"];
  const body = look.editing ? editing(message, hooks) : content(message);
  return h("li", { class: classes.filter(Boolean).join(" "), data: { ts: message.ts, user: message.user }, "aria-label": `${name}, ${timeOf(message)}` },
    avatar(message, name),
    h("div", { class: "message-main" },
      message.is_ephemeral ? h("p", { class: "only-you" }, icon("eye"), "Only visible to you") : null,
      h("p", { class: "message-head" },
        h("strong", { class: "name" }, h("bdi", {}, name)),
        message.bot_id ? h("span", { class: "app-mark" }, "APP") : null,
        h("time", { class: "time", dateTime: dateOf(message).toISOString(), title: dateOf(message).toLocaleString() }, timeOf(message))),
      body,
      reactions(message),
      threadLink(message, hooks)),
    look.editing || message.subtype === "tombstone" ? null : toolbar(message, hooks));
}

function avatar(message, name) {
  const kind = message.bot_id ? "avatar bot" : message.user === model.me ? "avatar me" : "avatar";
  return h("span", { class: kind, "aria-hidden": "true" }, message.bot_id ? icon("flame") : name.slice(0, 1).toUpperCase());
}

function content(message) {
  const note = h("p", { class: "press-error", role: "alert" });
  const context = { people, fields: [] };
  context.press = async (block, element, values) => {
    const answer = await act("press", {
      channel: message.channel, ts: message.ts, block_id: block.block_id, action_id: element.action_id,
      values, state: stateOf(context.fields),
    });
    note.textContent = answer.ok ? "" : reason(answer);
  };
  const edited = message.edited ? h("span", { class: "edited", title: "This message was edited" }, " (edited)") : null;
  const own = message.bot_id && message.blocks?.length
    ? [...renderBlocks(message.blocks, context), edited]
    : [h("div", { class: "text", dir: "auto" }, ...mrkdwn(message.text, people), edited)];
  return h("div", { class: "content" }, ...own, ...attachments(message, context), ...files(message), note);
}

const attachments = (message, context) => (message.attachments || []).map((attachment) => h("div", { class: "attachment" },
  attachment.pretext ? h("p", {}, ...mrkdwn(attachment.pretext, people)) : null,
  attachment.title ? h("strong", {}, attachment.title) : null,
  attachment.text ? h("div", {}, ...mrkdwn(attachment.text, people)) : null,
  ...renderBlocks(attachment.blocks || [], context)));

const files = (message) => (message.files || []).map((file) => (
  file.mimetype?.startsWith("image/")
    ? h("figure", { class: "file" }, h("img", { src: file.url_private, alt: file.alt_txt || file.title || file.name }),
      h("figcaption", {}, file.title || file.name))
    : h("a", { class: "file", href: file.url_private, download: file.name }, icon("file"), ` ${file.title || file.name}`)));

const reactions = (message) => (message.reactions?.length ? h("div", { class: "reactions" }, ...message.reactions.map((reaction) => h("button", {
  type: "button", class: "reaction", "aria-pressed": String(reaction.users.includes(model.me)), title: reaction.users.map(people.user).join(", "),
  "aria-label": `${reaction.name}, ${reaction.count}`,
  on: { click: () => act("react", { channel: message.channel, ts: message.ts, name: reaction.name }) },
}, `${emoji(reaction.name)} ${reaction.count}`))) : null);

function threadLink(message, hooks) {
  if (hooks.inThread || !message.reply_count) return null;
  const count = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  return h("button", { type: "button", class: "thread-link", on: { click: () => hooks.openThread(message) } },
    h("span", { class: "count" }, count),
    h("span", { class: "last" }, `last at ${clock(new Date(Number(message.latest_reply) * 1000))}`));
}

function toolbar(message, hooks) {
  const mine = message.user === model.me && !message.is_ephemeral;
  const tool = (label, sign, click) => h("button", { type: "button", class: "tool", title: label, "aria-label": label, on: { click } }, icon(sign));
  const shortcuts = message.is_ephemeral ? [] : model.shortcuts.filter((shortcut) => shortcut.kind === "message_action");
  const tools = [
    hooks.inThread || message.is_ephemeral ? null : tool("Reply in thread", "thread", () => hooks.openThread(message, { focus: true })),
    ...shortcuts.map((shortcut) => h("button", { type: "button", class: "tool wide", on: { click: () => run(shortcut, message, hooks) } }, shortcut.name)),
    mine ? tool("Edit message", "edit", () => hooks.edit(message)) : null,
    mine ? tool("Delete message", "trash", () => remove(message)) : null,
    message.is_ephemeral ? tool("Dismiss", "close", () => act("dismiss", { channel: message.channel, ts: message.ts })) : null,
  ].filter(Boolean);
  return tools.length ? h("div", { class: "toolbar", role: "group", "aria-label": "Message actions" }, ...tools) : null;
}

async function run(shortcut, message, hooks) {
  const answer = await act("shortcut", { id: shortcut.id, channel: message.channel, ts: message.ts });
  if (!answer.ok) hooks.warn(reason(answer));
}

async function remove(message) {
  const agreed = await confirmed({ title: "Delete message", text: "Delete this message? This cannot be undone.", confirm: "Delete", deny: "Cancel", danger: true });
  if (agreed) await act("delete", { channel: message.channel, ts: message.ts });
}

function editing(message, hooks) {
  const typed = message.text.replace(/```/g, "\n```\n").replace(/\n+```\n+/g, "\n```\n").trim();
  return editor(plain(typed, people), {
    cancel: () => hooks.edit(null),
    save: async (text) => {
      hooks.edit(null);
      if (text.trim()) await act("edit", { channel: message.channel, ts: message.ts, text });
    },
  });
}

const dateOf = (message) => new Date(Number(message.ts) * 1000);
const clock = (date) => date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
const timeOf = (message) => clock(dateOf(message));

/** Have a screen reader say a new message. */
export const announceMessage = (message) => announce(`${people.user(message.user)}: ${plain(message.text, people)}`);
