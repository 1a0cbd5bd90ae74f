// The message box: it grows with its text, completes mentions and commands, and sends by Enter.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { model, people } from "./model.js";

/** A message box. `hooks`: `{id, label, placeholder, commands, send(text), editLast?()}`; gives its parts. */
export function composer(hooks) {
  const listId = `${hooks.id}-options`;
  const text = h("textarea", {
    id: hooks.id, rows: 1, class: "composer-text", placeholder: hooks.placeholder, "aria-label": hooks.label, autocomplete: "off",
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId, "aria-haspopup": "listbox", dir: "auto",
  });
  const options = h("ul", { id: listId, class: "options", role: "listbox", "aria-label": "Suggestions", hidden: true });
  const note = h("p", { class: "composer-note", role: "status" });
  const send = h("button", { type: "submit", class: "send", "aria-label": "Send", disabled: true }, icon("send"));
  const mention = h("button", { type: "button", class: "mention-button", title: "Mention the bot", "aria-label": `Mention ${people.user(model.bot)}` }, "@");
  const form = h("form", { class: "composer" }, options, h("div", { class: "composer-box" }, mention, text, send));
  const box = { node: h("div", {}, form, note), text, focus: () => text.focus(), warn: (words) => { note.textContent = words; } };
  const menu = completion(text, options, hooks);

  const submit = async () => {
    const typed = text.value.trim();
    if (!typed) return;
    set(text, "");
    send.disabled = true;
    note.textContent = "";
    const problem = await hooks.send(typed);
    if (problem) {
      if (!text.value) set(text, typed);
      note.textContent = problem;
    }
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  mention.addEventListener("click", () => insert(text, `@${people.user(model.bot)} `));
  text.addEventListener("input", () => {
    grow(text);
    send.disabled = !text.value.trim();
    note.textContent = "";
    menu.update();
  });
  text.addEventListener("blur", () => setTimeout(menu.close, 120));
  text.addEventListener("keydown", (event) => {
    if (event.isComposing || menu.takes(event)) return;
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); submit(); }
    if (event.key === "ArrowUp" && !text.value && hooks.editLast) { event.preventDefault(); hooks.editLast(); }
  });
  return box;
}

/** The box in which a message is edited: Enter saves, Escape leaves it as it was. */
export function editor(typed, { save, cancel }) {
  const text = h("textarea", { class: "composer-text", "aria-label": "Edit message", value: typed, rows: 1, dir: "auto" });
  const node = h("form", { class: "editor" }, text, h("div", { class: "row" },
    h("button", { type: "button", class: "button", on: { click: cancel } }, "Cancel"),
    h("button", { type: "submit", class: "button primary" }, "Save")));
  node.addEventListener("submit", (event) => { event.preventDefault(); save(text.value); });
  text.addEventListener("input", () => grow(text));
  text.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") { event.stopPropagation(); cancel(); }
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); save(text.value); }
  });
  requestAnimationFrame(() => { grow(text); text.focus(); text.setSelectionRange(text.value.length, text.value.length); });
  return node;
}

function set(text, value) {
  text.value = value;
  grow(text);
  text.dispatchEvent(new Event("input"));
}

function insert(text, words) {
  text.focus();
  text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input"));
}

function grow(text) {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, innerHeight * 0.4)}px`;
}

// --- completion ---------------------------------------------------------------------------------------

function completion(text, list, hooks) {
  let offered = [];
  let at = 0;
  const open = () => !list.hidden;

  const close = () => {
    list.hidden = true;
    text.setAttribute("aria-expanded", "false");
    text.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    at = (index + offered.length) % offered.length;
    [...list.children].forEach((node, position) => node.setAttribute("aria-selected", String(position === at)));
    text.setAttribute("aria-activedescendant", `${list.id}-${at}`);
  };
  const accept = () => {
    const { word, start } = wordBefore(text);
    text.setSelectionRange(start, start + word.length);
    insert(text, `${offered[at].value} `);
    close();
  };
  const update = () => {
    offered = matching(text, hooks);
    if (!offered.length) { close(); return; }
    list.replaceChildren(...offered.map((option, index) => h("li", {
      id: `${list.id}-${index}`, role: "option", class: "option",
      on: { mousedown: (event) => { event.preventDefault(); at = index; accept(); } },
    }, h("strong", {}, option.value), option.hint ? h("span", { class: "option-hint" }, option.hint) : null)));
    list.hidden = false;
    text.setAttribute("aria-expanded", "true");
    mark(0);
  };
  const takes = (event) => {
    if (!open()) return false;
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at - 1);
    else if (event.key === "Enter" || event.key === "Tab") accept();
    else if (event.key === "Escape") { event.stopPropagation(); close(); } else return false;
    event.preventDefault();
    return true;
  };
  return { update, close, takes };
}

function wordBefore(text) {
  const before = text.value.slice(0, text.selectionStart);
  const word = before.match(/(?:^|\s)([@/][^\s]*)$/)?.[1] ?? "";
  return { word, start: before.length - word.length };
}

function matching(text, hooks) {
  const { word, start } = wordBefore(text);
  const typed = word.slice(1).toLowerCase();
  if (word.startsWith("@")) {
    const users = [...model.users].sort((a, b) => Number(b.is_bot) - Number(a.is_bot)).filter((user) => user.id !== model.me);
    return users.filter((user) => user.name.startsWith(typed)).slice(0, 6)
      .map((user) => ({ value: `@${user.name}`, hint: user.is_bot ? "app" : "" }));
  }
  if (word.startsWith("/") && start === 0 && hooks.commands) {
    return model.commands.filter((command) => command.name.startsWith(word))
      .map((command) => ({ value: command.name, hint: [command.hint, command.description].filter(Boolean).join(" — ") }));
  }
  return [];
}
