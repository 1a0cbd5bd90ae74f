// A markdown block as nodes: headings, lists, quotes, tables, code and the inline styles.

import { codeBlock, dataTable, h, link } from "./dom.js";
import { emoji } from "./emoji.js";

const INLINE = /`(?<code>[^`\n]+)`|\[(?<label>[^\]\n]+)\]\((?<url>[^()\s]+)\)|\*\*(?<bold>[^*\n]+)\*\*|__(?<bold2>[^_\n]+)__|(?<![\w*])\*(?<italic>[^*\s][^*\n]*)\*|(?<!\w)_(?<italic2>[^_\s][^_\n]*)_(?!\w)|~~(?<strike>[^~\n]+)~~|(?<bare>https?:\/\/[^\s<>)]+)|:(?<emoji>[a-z0-9_+-]+):|\\(?<escaped>[!-/:-@[-`{-~])/g;

export function markdown(text) {
  const nodes = [];
  const lines = text.split("\n");
  while (lines.length) nodes.push(...takeBlock(lines));
  return nodes;
}

function takeBlock(lines) {
  const line = lines[0];
  if (!line.trim()) return lines.shift(), [];
  if (/^\s*```/.test(line)) return [takeCode(lines)];
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) return lines.shift(), [h("hr")];
  const heading = line.match(/^(#{1,6})\s+(.*?)\s*#*$/);
  if (heading) return lines.shift(), [h(heading[1].length < 3 ? "h3" : "h4", {}, ...inline(heading[2]))];
  if (/^\s*>/.test(line)) return [h("blockquote", {}, ...markdown(takeWhile(lines, /^\s*>/).map((l) => l.replace(/^\s*>\s?/, "")).join("\n")))];
  if (isTable(lines)) return [takeTable(lines)];
  if (/^\s*([-*+]|\d+[.)])\s+/.test(line)) return [takeList(lines)];
  return [h("p", {}, ...joined(takeWhile(lines, /^(?!\s*(```|>|#{1,6}\s|[-*+]\s|\d+[.)]\s))\s*\S/)))];
}

function takeWhile(lines, pattern) {
  const taken = [lines.shift()];
  while (lines.length && pattern.test(lines[0])) taken.push(lines.shift());
  return taken;
}

function takeCode(lines) {
  lines.shift();
  const taken = [];
  while (lines.length && !/^\s*```\s*$/.test(lines[0])) taken.push(lines.shift());
  lines.shift();
  return codeBlock(taken.join("\n"));
}

function takeList(lines) {
  const ordered = /^\s*\d/.test(lines[0]);
  const items = takeWhile(lines, /^\s*([-*+]|\d+[.)])\s+/).map((line) => line.replace(/^\s*([-*+]|\d+[.)])\s+/, ""));
  return h(ordered ? "ol" : "ul", {}, ...items.map((item) => h("li", {}, ...inline(item))));
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, "|"));
const isTable = (lines) => lines[0].includes("|") && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[1] || "");

function takeTable(lines) {
  const head = cells(lines.shift());
  const alignments = cells(lines.shift()).map((rule) => (/^:-+:$/.test(rule) ? "center" : /-:$/.test(rule) ? "right" : "left"));
  const rows = [head];
  while (lines.length && lines[0].includes("|")) rows.push(cells(lines.shift()));
  return dataTable(rows.map((row) => row.map(inline)), alignments);
}

const joined = (lines) => lines.flatMap((line, index) => (index ? [h("br"), ...inline(line)] : inline(line)));

function inline(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) nodes.push(text.slice(end, match.index));
    nodes.push(styled(match.groups));
    end = match.index + match[0].length;
  }
  if (end < text.length) nodes.push(text.slice(end));
  return nodes;
}

function styled(found) {
  if (found.code) return h("code", {}, found.code);
  if (found.url) return link(found.url, found.label);
  if (found.bold || found.bold2) return h("strong", {}, ...inline(found.bold || found.bold2));
  if (found.italic || found.italic2) return h("em", {}, ...inline(found.italic || found.italic2));
  if (found.strike) return h("s", {}, ...inline(found.strike));
  if (found.bare) return link(found.bare);
  return found.escaped || emoji(found.emoji);
}
