// Small drawings, 16 units wide, in the colour of the text beside them, which says what they mean.
import { svg } from "./dom.js";

const PATHS = {
  sent: "M2 8h9M8 4.5 11.5 8 8 11.5M14 3v10",
  good: "m3 8.5 3.2 3.2L13 4.8",
  back: "M14 8H3M7 3.5 2.5 8 7 12.5",
  bounced: "M6 3 2.5 6.5 6 10M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7",
  flag: "M4 14V2.5M4 3h8.5l-2 3 2 3H4",
  cross: "m4 4 8 8M12 4l-8 8",
  warning: "M8 2.5 14 13H2L8 2.5ZM8 6.5v3M8 11.3v.2",
  clock: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 5v3.3l2.2 1.4",
  stopped: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM3.8 3.8l8.4 8.4",
  eye: "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8ZM8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6Z",
  click: "m5 5 3 9 1.6-3.8L13.5 8.5 5 5ZM3 1.8l.6 1.6M1.6 5h1.7M6.6 1.6 6 3.2",
  leave: "M6 3H3v10h3M10 4.5 13.5 8 10 11.5M6.5 8H13",
  robot: "M3.5 6h9v6.5h-9V6ZM8 6V3M6 8.5v.8M10 8.5v.8M6.5 11h3M1.8 8v2.5M14.2 8v2.5",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3 14 14",
  mail: "M2 3.5h12v9H2v-9Zm0 .5 6 5 6-5",
  sms: "M2 3h12v8H7.5L4 13.8V11H2V3ZM5 7h.1M8 7h.1M11 7h.1",
  tag: "M2.5 8.3V2.5h5.8l5.2 5.2-5.8 5.8-5.2-5.2ZM5.4 5.3v.1",
  chart: "M2 13.5h12M4 11V7M8 11V3M12 11V5.5",
  key: "M5.5 6.5a3.2 3.2 0 1 0 0 3h8V7.5M11 9.5v2M5.5 6.5h8M2.9 8h.1",
  copy: "M5.5 5.5V2.5h8v8h-3M2.5 5.5h8v8h-8v-8Z",
  again: "M13.5 8a5.5 5.5 0 1 1-1.6-3.9L13.5 5.7M13.5 2v3.7H9.8",
  people: "M6 3a2.3 2.3 0 1 0 0 4.6A2.3 2.3 0 0 0 6 3ZM1.8 13c0-2.5 1.8-4 4.2-4s4.2 1.5 4.2 4M10.5 3.3a2.3 2.3 0 0 1 0 4M11.6 9.3c1.6.4 2.6 1.8 2.6 3.7",
};

export function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: PATHS[name] }));
}

// Above what there is nothing of.
export function tray() {
  return svg("svg", { class: "tray", viewBox: "0 0 200 130", "aria-hidden": "true", focusable: "false" },
    svg("path", { class: "dots", d: "M18 34c30-26 66-24 82 6" }),
    svg("g", { class: "sheet" },
      svg("rect", { x: 62, y: 30, width: 76, height: 52, rx: 6 }), svg("path", { d: "m66 35 34 26 34-26" })),
    svg("path", { class: "box", d: "M28 74h34l10 18h56l10-18h34v34a10 10 0 0 1-10 10H38a10 10 0 0 1-10-10V74Z" }));
}
