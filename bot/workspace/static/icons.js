// Line icons, drawn as SVG so that none depends on the fonts of the machine.

const PATHS = {
  send: "M4 12l16-8-6 16-3-7z",
  close: "M6 6l12 12M18 6L6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
  thread: "M4 5h16v11H10l-5 4v-4H4z",
  edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  up: "M7 11l4-8c2 0 3 1 2 4l-1 3h7l-2 10H7zM7 11H3v9h4",
  down: "M17 13l-4 8c-2 0-3-1-2-4l1-3H5l2-10h10zM17 13h4V4h-4",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  flame: "M12 3c1 4 6 6 6 11a6 6 0 0 1-12 0c0-3 2-4 3-6 1 2 2 2 2 2s-1-3 1-7z",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4",
  arrow: "M5 12h14M13 6l6 6-6 6",
};
const SVG = "http://www.w3.org/2000/svg";

/** An icon by name, for decoration: what it stands for must be said beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] || PATHS.more);
  svg.append(path);
  return svg;
}
