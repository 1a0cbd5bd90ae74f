// Modals and the home tab: views that the app opened for this person.

import { act, reason } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { stateOf } from "./controls.js";
import { byId, h } from "./dom.js";
import { people } from "./model.js";

/** The blocks of a view, with a context that sends presses to it. */
function viewBody(view, warn) {
  const context = { people, fields: [] };
  context.press = async (block, element, values) => {
    const answer = await act("press", {
      view_id: view.id, block_id: block.block_id, action_id: element.action_id, values, state: stateOf(context.fields),
    });
    warn(answer.ok ? "" : reason(answer));
  };
  return { nodes: renderBlocks(view.blocks, context), context };
}

/** Show the topmost modal, or none. */
export function showModals(views) {
  const view = views.at(-1);
  const shown = byId("modal");
  if (shown && shown.dataset.version === version(view)) return;
  shown?.close();
  shown?.remove();
  if (!view) return;
  const dialog = drawModal(view);
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector(".modal-body :is(input, select, textarea, button)")?.focus();
}

const version = (view) => (view ? `${view.id}/${view.hash}` : "");

function drawModal(view) {
  const note = h("p", { class: "field-error", role: "alert" });
  const { nodes, context } = viewBody(view, (words) => { note.textContent = words; });
  const close = h("button", { type: "button", class: "button" }, view.close?.text || "Cancel");
  const submit = view.submit || context.fields.length ? h("button", { type: "submit", class: "button primary" }, view.submit?.text || "Submit") : null;
  const form = h("form", { class: "modal-form", method: "dialog" },
    h("h2", { class: "modal-title", id: "modal-title" }, view.title.text),
    h("div", { class: "modal-body" }, ...nodes),
    note,
    h("div", { class: "modal-foot" }, close, submit));
  const dialog = h("dialog", { id: "modal", class: "modal", "aria-labelledby": "modal-title", data: { version: version(view) } }, form);
  const leave = () => act("close", { view_id: view.id });
  close.addEventListener("click", leave);
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); submitModal(view, context, dialog, note); });
  return dialog;
}

async function submitModal(view, context, dialog, note) {
  dialog.querySelectorAll("[data-error]").forEach((node) => { node.textContent = ""; });
  const missing = context.fields.filter(({ block, values }) => block.type === "input" && !block.optional && !values().length);
  if (missing.length) {
    missing.forEach(({ block }) => complain(dialog, block.block_id, "Please complete this required field."));
    return;
  }
  const answer = await act("submit", { view_id: view.id, values: stateOf(context.fields) });
  note.textContent = answer.ok ? "" : reason(answer);
  Object.entries(answer.errors || {}).forEach(([block, words]) => complain(dialog, block, words));
}

function complain(dialog, block, words) {
  const place = [...dialog.querySelectorAll("[data-error]")].find((node) => node.dataset.error === block);
  if (!place) return;
  place.textContent = words;
  place.closest(".block")?.querySelector("input, select, textarea")?.focus();
}

/** Show what the app published as its home. */
export function showHome(view) {
  const note = h("p", { class: "press-error", role: "alert" });
  const body = view ? viewBody(view, (words) => { note.textContent = words; }).nodes : [h("p", { class: "hint" }, "The app has published no home yet.")];
  byId("home").replaceChildren(...body, note);
}
