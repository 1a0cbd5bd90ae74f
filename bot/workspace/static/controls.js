// The interactive elements of Block Kit: what they look like, what they hold, and what a press sends.

import { confirmed, h, link } from "./dom.js";
import { icon } from "./icons.js";
import { textNodes } from "./blocks.js";

/** One interactive element. Those that hold a value are listed in `context.fields` to be read later. */
export function control(block, element, context, id) {
  const draw = CONTROLS[element.type] || (element.type.endsWith("_select") ? select : textInput);
  const node = draw(block, element, context, id);
  if (id && !node.id) node.id = id;
  return node;
}

async function press(node, block, element, context, values = []) {
  if (element.confirm && !(await agreed(element.confirm))) return;
  node.setAttribute("aria-busy", "true");
  node.disabled = true;
  await context.press(block, element, values);
  node.removeAttribute("aria-busy");
  node.disabled = false;
}

const agreed = ({ title, text, confirm, deny, style }) => confirmed({
  title: title.text, text: text.text, confirm: confirm.text, deny: deny.text, danger: style === "danger",
});

function button(block, element, context) {
  const look = `button ${element.style || ""}`.trim();
  const label = element.accessibility_label || null;
  if (element.url) {
    const anchor = link(element.url, element.text.text);
    if (anchor.nodeType === Node.ELEMENT_NODE) {
      anchor.className = look;
      anchor.addEventListener("click", () => context.press(block, element, []));
    }
    return anchor.nodeType === Node.ELEMENT_NODE ? anchor : h("span", {}, anchor);
  }
  const node = h("button", { type: "button", class: look, "aria-label": label, data: { action: element.action_id } },
    ...textNodes(element.text, context));
  node.addEventListener("click", () => press(node, block, element, context));
  return node;
}

function feedback(block, element, context) {
  const pair = [["positive_button", "up"], ["negative_button", "down"]].map(([name, sign]) => {
    const { text, value, accessibility_label: label } = element[name];
    const node = h("button", {
      type: "button", class: "feedback", title: text.text, "aria-label": label || text.text, "aria-pressed": "false",
      data: { action: element.action_id, value },
    }, icon(sign));
    node.addEventListener("click", async () => {
      await press(node, block, element, context, [value]);
      pair.forEach((other) => other.setAttribute("aria-pressed", String(other === node)));
    });
    return node;
  });
  return h("span", { class: "feedback-pair", role: "group", "aria-label": "Was this helpful?" }, ...pair);
}

function iconButton(block, element, context) {
  const node = h("button", {
    type: "button", class: "feedback", title: element.text.text, "aria-label": element.accessibility_label || element.text.text,
    data: { action: element.action_id },
  }, icon(element.icon));
  node.addEventListener("click", () => press(node, block, element, context));
  return node;
}

function overflow(block, element, context) {
  const options = element.options.map((option) => h("option", { value: option.value }, option.text.text));
  const node = h("select", { class: "select overflow", "aria-label": "More", data: { action: element.action_id } },
    h("option", { value: "", disabled: true, selected: true }, "•••"), ...options);
  node.addEventListener("change", async () => {
    await press(node, block, element, context, [node.value]);
    node.value = "";
  });
  return node;
}

function select(block, element, context, id) {
  const many = element.type.startsWith("multi_");
  const chosen = [element.initial_option, ...(element.initial_options || [])].filter(Boolean).map((option) => option.value);
  const option = ({ text, value }) => h("option", { value, selected: chosen.includes(value) }, text.text);
  const groups = (element.option_groups || []).map(({ label, options }) => h("optgroup", { label: label.text }, ...options.map(option)));
  const prompt = h("option", { value: "", selected: !chosen.length }, element.placeholder?.text || "Choose…");
  const offered = element.options?.map(option) || (groups.length ? groups : places(element.type, context).map(option));
  const node = h("select", { class: "select", multiple: many, "aria-label": id ? null : element.placeholder?.text || "Choose",
    data: { action: element.action_id } }, many ? null : prompt, ...offered);
  const values = () => [...node.selectedOptions].map(({ value }) => value).filter(Boolean);
  return holds(node, block, element, context, values, "change");
}

function places(type, context) {
  const { users, channels } = context.people;
  const rows = type.includes("users") ? users().map(({ id, name }) => [id, `@${name}`]) : channels().map(({ id, name }) => [id, `#${name}`]);
  return rows.map(([value, text]) => ({ value, text: { text } }));
}

function choices(block, element, context, id) {
  const kind = element.type === "checkboxes" ? "checkbox" : "radio";
  const chosen = [element.initial_option, ...(element.initial_options || [])].filter(Boolean).map((option) => option.value);
  const name = `${block.block_id}-${element.action_id}`;
  const boxes = element.options.map((option) => h("input", { type: kind, name, value: option.value, checked: chosen.includes(option.value) }));
  const rows = element.options.map((option, index) => h("label", { class: "choice" }, boxes[index], h("span", {}, ...textNodes(option.text, context),
    option.description ? h("small", {}, ...textNodes(option.description, context)) : null)));
  const node = h("div", { class: "choices", role: kind === "radio" ? "radiogroup" : "group", id: id || null,
    data: { action: element.action_id } }, ...rows);
  return holds(node, block, element, context, () => boxes.filter((box) => box.checked).map((box) => box.value), "change");
}

const INPUT_TYPES = {
  datepicker: ["date", "initial_date"], timepicker: ["time", "initial_time"], number_input: ["number", "initial_value"],
  datetimepicker: ["datetime-local", "initial_date_time"], email_text_input: ["email", "initial_value"],
  url_text_input: ["url", "initial_value"], plain_text_input: ["text", "initial_value"],
};

function textInput(block, element, context) {
  const [type, initial] = INPUT_TYPES[element.type] || ["text", "initial_value"];
  const tag = element.multiline ? "textarea" : "input";
  const node = h(tag, {
    class: "input", type: tag === "input" ? type : null, placeholder: element.placeholder?.text || null,
    value: String(element[initial] ?? ""), rows: tag === "textarea" ? 4 : null, data: { action: element.action_id },
    maxLength: element.max_length || null, "aria-describedby": `input-${block.block_id}-error`,
  });
  return holds(node, block, element, context, () => (node.value ? [node.value] : []), "change");
}

function holds(node, block, element, context, values, event) {
  context.fields.push({ block, element, values });
  const sends = block.type !== "input" || block.dispatch_action;
  if (sends) node.addEventListener(event, () => press(node, block, element, context, values()));
  return node;
}

const HOLDS_ONE = {
  users_select: "selected_user", channels_select: "selected_channel", conversations_select: "selected_conversation",
  datepicker: "selected_date", timepicker: "selected_time", datetimepicker: "selected_date_time",
};
const HOLDS_MANY = {
  multi_users_select: "selected_users", multi_channels_select: "selected_channels",
  multi_conversations_select: "selected_conversations",
};

/** The values of fields as Slack's `state.values`: by block_id, then action_id. */
export function stateOf(fields) {
  const state = {};
  for (const { block, element, values } of fields) {
    state[block.block_id] = { ...state[block.block_id], [element.action_id]: held(element, values()) };
  }
  return state;
}

function held(element, values) {
  const { type } = element;
  const options = [...(element.options || []), ...(element.option_groups || []).flatMap((group) => group.options)];
  const chosen = options.filter((option) => values.includes(option.value));
  if (HOLDS_ONE[type]) return { type, [HOLDS_ONE[type]]: values[0] ?? null };
  if (HOLDS_MANY[type]) return { type, [HOLDS_MANY[type]]: values };
  if (["static_select", "external_select", "radio_buttons"].includes(type)) return { type, selected_option: chosen[0] ?? null };
  if (["checkboxes", "multi_static_select", "multi_external_select"].includes(type)) return { type, selected_options: chosen };
  return { type, value: values[0] ?? null };
}

const CONTROLS = {
  button, workflow_button: button, feedback_buttons: feedback, icon_button: iconButton, overflow,
  checkboxes: choices, radio_buttons: choices,
};
