// Slack's mrkdwn as nodes, and back to what a person would type.

import { codeBlock, h, link } from "./dom.js";
import { emoji } from "./emoji.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
export const unescape = (text) => text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);

const BEFORE = "(?<![\\p{L}\\p{N}])";
const AFTER = "(?![\\p{L}\\p{N}])";
const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<target>[^<>|\\n]+)(?:\\|(?<label>[^<>\\n]*))?>",
    `${BEFORE}\\*(?<bold>\\S(?:[^*\\n]*\\S)?)\\*${AFTER}`,
    `${BEFORE}_(?<italic>\\S(?:[^_\\n]*\\S)?)_${AFTER}`,
    `${BEFORE}~(?<strike>\\S(?:[^~\\n]*\\S)?)~${AFTER}`,
    ":(?<emoji>[a-z0-9_+'-]+(?:::skin-tone-[2-6])?):",
  ].join("|"),
  "gu",
);

/** Text in mrkdwn as nodes. `people` tells names: `{user(id), channel(id), me, bot}`. */
export function mrkdwn(text, people) {
  const parts = text.split(/```\n?([\s\S]*?)\n?```/);
  return parts.flatMap((part, index) => (index % 2 ? [codeBlock(plain(part, people))] : lines(trimmed(part, index, parts), people)));
}

function trimmed(part, index, parts) {
  const start = index > 0 ? part.replace(/^\n/, "") : part;
  return index < parts.length - 1 ? start.replace(/\n$/, "") : start;
}

function lines(text, people) {
  const nodes = [];
  let quote = null;
  text.split("\n").forEach((line, index) => {
    const quoted = line.match(/^(?:&gt;|>)\s?(.*)$/);
    if (quoted) {
      quote = quote || h("blockquote");
      if (quote.childNodes.length) quote.append(h("br"));
      else nodes.push(quote);
      quote.append(...inline(quoted[1], people));
      return;
    }
    if (index && !quote) nodes.push(h("br"));
    quote = null;
    nodes.push(...inline(line, people));
  });
  return nodes;
}

function inline(text, people) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) nodes.push(unescape(text.slice(end, match.index)));
    nodes.push(styled(match, people));
    end = match.index + match[0].length;
  }
  if (end < text.length) nodes.push(unescape(text.slice(end)));
  return nodes;
}

function styled({ groups, 0: whole }, people) {
  if (groups.code) return h("code", {}, unescape(groups.code));
  if (groups.bold) return h("strong", {}, ...inline(groups.bold, people));
  if (groups.italic) return h("em", {}, ...inline(groups.italic, people));
  if (groups.strike) return h("s", {}, ...inline(groups.strike, people));
  if (groups.emoji) return emoji(groups.emoji);
  return target(groups.target, groups.label, people) ?? unescape(whole);
}

function target(value, label, people) {
  if (value.startsWith("@")) return mention(value.slice(1), people);
  if (value.startsWith("#")) return h("span", { class: "mention" }, `#${label || people.channel(value.slice(1))}`);
  if (value.startsWith("!")) return h("span", { class: "mention" }, unescape(label || `@${value.slice(1).split("^")[0]}`));
  return /^(https?|mailto):/i.test(value) ? link(unescape(value), label && unescape(label)) : null;
}

/** A person's name, as a mention. */
export function mention(id, people) {
  return h("span", { class: id === people.me || id === people.bot ? "mention strong" : "mention" }, `@${people.user(id)}`);
}

/** Text without formatting: mentions and links by name, escapes undone. */
export function plain(text, people) {
  const named = text.replace(/<([^<>|\n]+)(?:\|([^<>\n]*))?>/g, (whole, value, label) => {
    if (value.startsWith("@")) return `@${people.user(value.slice(1))}`;
    if (value.startsWith("#")) return `#${label || people.channel(value.slice(1))}`;
    return /^(https?|mailto):/i.test(value) ? label || value : whole;
  });
  return unescape(named);
}
