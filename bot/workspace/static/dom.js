// Building elements: text is always set as text, never parsed as markup.

/** An element with properties, attributes and children; `null` children are left out. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "class") node.className = value;
    else if (name in node && name !== "list" && !name.includes("-")) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

const ADDRESS = /^(https?:|mailto:)/i;

/** A link that opens elsewhere, or plain text when the address is of no harmless kind. */
export function link(address, label) {
  const text = label || address;
  if (!ADDRESS.test(address)) return document.createTextNode(text);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer", dir: "auto" }, text);
}

/** Preformatted text with a button that copies it. */
export function codeBlock(text) {
  const copy = h("button", { type: "button", class: "copy" }, "Copy");
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    copy.textContent = "Copied";
    announce("Copied");
    setTimeout(() => { copy.textContent = "Copy"; }, 1600);
  });
  return h("div", { class: "code" }, h("pre", { tabIndex: 0, dir: "ltr" }, h("code", {}, text)), copy);
}

const SHORT = 12;

/** Rows of cells (each an array of nodes), the first as the head, scrolling inside their own box. */
export function dataTable(rows, alignments = []) {
  const cell = (tag) => (nodes, index) => {
    const node = h(tag, tag === "th" ? { scope: "col" } : {}, ...nodes);
    if (alignments[index]) node.dataset.align = alignments[index];
    if (node.textContent.length <= SHORT) node.classList.add("short");
    return node;
  };
  const [head, ...body] = rows;
  const table = h("table", {},
    h("thead", {}, h("tr", {}, ...head.map(cell("th")))),
    h("tbody", {}, ...body.map((row) => h("tr", {}, ...row.map(cell("td"))))));
  return h("div", { class: "table", tabIndex: 0, role: "region", "aria-label": "Table" }, table);
}

/** Have a screen reader say something. */
export function announce(text) {
  byId("live").append(h("p", {}, text));
  while (byId("live").childElementCount > 20) byId("live").firstChild.remove();
}

/** Ask before something that cannot be taken back; resolves to whether the person agreed. */
export function confirmed({ title, text, confirm, deny, danger }) {
  return new Promise((resolve) => {
    const done = (answer) => { dialog.close(); dialog.remove(); resolve(answer); };
    const yes = h("button", { type: "button", class: danger ? "button danger" : "button primary" }, confirm);
    const no = h("button", { type: "button", class: "button" }, deny);
    const dialog = h("dialog", { class: "modal small", "aria-label": title },
      h("h2", { class: "modal-title" }, title), h("p", {}, text), h("div", { class: "modal-foot" }, no, yes));
    yes.addEventListener("click", () => done(true));
    no.addEventListener("click", () => done(false));
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); done(false); });
    document.body.append(dialog);
    dialog.showModal();
  });
}
