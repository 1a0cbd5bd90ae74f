// Block Kit as a person sees it. `context` gives names and takes presses: `{people, press(block, element, values)}`.

import { codeBlock, dataTable, h, link } from "./dom.js";
import { control } from "./controls.js";
import { emoji } from "./emoji.js";
import { markdown } from "./markdown.js";
import { mention, mrkdwn } from "./mrkdwn.js";

/** All blocks of a message or view, as nodes. */
export const renderBlocks = (blocks, context) => blocks.map((block) => renderBlock(block, context));

function renderBlock(block, context) {
  const draw = BLOCKS[block.type];
  const node = draw ? draw(block, context) : h("p", { class: "block-note" }, `(a ${block.type} block)`);
  node.classList.add("block", `block-${block.type}`);
  return node;
}

/** A text object as nodes. */
export function textNodes(text, context) {
  if (!text) return [];
  return text.type === "mrkdwn" ? mrkdwn(text.text, context.people) : plainLines(text.text);
}

function plainLines(text) {
  const named = text.replace(/:([a-z0-9_+'-]+):/g, (_, name) => emoji(name));
  return named.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
}

function image(source, context) {
  const address = source.image_url || source.slack_file?.url || "";
  const here = address.startsWith(`${location.origin}/`) || address.startsWith("data:image/");
  const picture = here ? h("img", { src: address, alt: source.alt_text, loading: "lazy" }) : link(address, source.alt_text);
  const title = source.title ? h("figcaption", {}, ...textNodes(source.title, context)) : null;
  return h("figure", {}, picture, title);
}

const BLOCKS = {
  section(block, context) {
    const body = h("div", { class: "section-body", dir: "auto" },
      block.text ? h("div", { class: "text" }, ...textNodes(block.text, context)) : null,
      block.fields ? h("div", { class: "fields" }, ...block.fields.map((field) => h("div", {}, ...textNodes(field, context)))) : null);
    return h("div", {}, body, block.accessory ? part(block, block.accessory, context) : null);
  },
  divider: () => h("hr"),
  header: (block, context) => h("h3", { dir: "auto" }, ...textNodes(block.text, context)),
  context: (block, context) => h("div", {}, ...block.elements.map((element) => (
    element.type === "image" ? image(element, context) : h("span", { dir: "auto" }, ...textNodes(element, context))))),
  actions: (block, context) => h("div", {}, ...block.elements.map((element) => part(block, element, context))),
  context_actions: (block, context) => h("div", {}, ...block.elements.map((element) => part(block, element, context))),
  image: (block, context) => image(block, context),
  input(block, context) {
    const id = `input-${block.block_id}`;
    const field = part(block, block.element, context, id);
    const error = h("p", { class: "field-error", id: `${id}-error`, role: "alert", data: { error: block.block_id } });
    const label = h("label", { class: "field-label", htmlFor: id }, ...textNodes(block.label, context),
      block.optional ? h("span", { class: "optional" }, " (optional)") : null);
    const hint = block.hint ? h("p", { class: "hint" }, ...textNodes(block.hint, context)) : null;
    return h("div", {}, label, field, hint, error);
  },
  rich_text: (block, context) => h("div", { dir: "auto" }, ...richText(block.elements, context)),
  markdown: (block) => h("div", { class: "markdown", dir: "auto" }, ...markdown(block.text)),
  table(block, context) {
    const rows = block.rows.map((row) => row.map((cell) => (
      cell.type === "rich_text" ? richText(cell.elements, context) : [cell.text])));
    return dataTable(rows, (block.column_settings || []).map((setting) => setting?.align));
  },
  alert: (block, context) => h("div", { data: { level: block.level || "default" }, role: "note" }, ...textNodes(block.text, context)),
  card: (block, context) => h("div", {},
    block.hero_image ? image(block.hero_image, context) : null,
    block.title ? h("h4", {}, ...textNodes(block.title, context)) : null,
    block.subtitle ? h("p", { class: "hint" }, ...textNodes(block.subtitle, context)) : null,
    block.body ? h("p", {}, ...textNodes(block.body, context)) : null,
    block.actions ? h("div", { class: "row" }, ...block.actions.map((element) => part(block, element, context))) : null),
  carousel: (block, context) => h("div", { tabIndex: 0 }, ...renderBlocks(block.elements, context)),
  container: (block, context) => h("section", {},
    block.title ? h("h4", {}, ...textNodes(block.title, context)) : null,
    ...renderBlocks(block.child_blocks, context)),
  task_card: (block) => h("div", {}, h("strong", {}, block.title), ` — ${block.status.replace("_", " ")}`),
  plan: (block, context) => h("div", {}, h("h4", {}, block.title), ...renderBlocks((block.tasks || []).map((task) => ({ ...task, type: "task_card" })), context)),
};

const part = (block, element, context, id) => (
  element.type === "image" ? image(element, context) : control(block, element, context, id));

// --- rich text ----------------------------------------------------------------------------------------

function richText(elements, context) {
  const nodes = [];
  elements.forEach((element, index) => {
    const follows = elements[index - 1]?.type === "rich_text_section" && element.type === "rich_text_section";
    if (follows) nodes.push(h("br"));
    nodes.push(RICH[element.type]?.(element, context) ?? "");
  });
  return nodes;
}

const RICH = {
  rich_text_section: (element, context) => h("span", { class: "rich-section" }, ...runs(element.elements, context)),
  rich_text_preformatted: (element) => codeBlock(element.elements.map((run) => run.text ?? run.url ?? "").join("")),
  rich_text_quote: (element, context) => h("blockquote", {}, ...runs(element.elements, context)),
  rich_text_list: (element, context) => h(element.style === "ordered" ? "ol" : "ul", {
    class: `indent-${Math.min(element.indent || 0, 4)}`, start: element.style === "ordered" ? (element.offset || 0) + 1 : null,
  }, ...element.elements.map((item) => h("li", {}, ...runs(item.elements, context)))),
};

const runs = (elements, context) => elements.flatMap((run) => styledRun(run, context));

function styledRun(run, context) {
  const style = run.style || {};
  let nodes = run.type === "text" && !style.code ? withBreaks(run.text) : [bareRun(run, context)];
  if (style.code) nodes = [h("code", {}, ...nodes)];
  if (style.bold) nodes = [h("strong", {}, ...nodes)];
  if (style.italic) nodes = [h("em", {}, ...nodes)];
  if (style.strike) nodes = [h("s", {}, ...nodes)];
  return nodes;
}

const withBreaks = (text) => text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));

function bareRun(run, context) {
  switch (run.type) {
    case "text": return run.text;
    case "link": return link(run.url, run.text);
    case "user": return mention(run.user_id, context.people);
    case "channel": return h("span", { class: "mention" }, `#${context.people.channel(run.channel_id)}`);
    case "broadcast": return h("span", { class: "mention" }, `@${run.range}`);
    case "emoji": return emoji(run.name);
    case "date": return run.fallback || new Date(run.timestamp * 1000).toLocaleString();
    default: return run.text || run.value || "";
  }
}
