// Elements made without markup: all that comes from outside becomes a text node or an attribute's value, so
// there is nothing that could be read as HTML. The page's policy (Trusted Types) forbids every other way.

const SVG = "http://www.w3.org/2000/svg";

export const find = (id) => document.getElementById(id);

// h("p", { class: "count", on: { click } }, "words", element, null): what is null, undefined or false is left out.
export function h(name, given = {}, ...children) {
  return made(document.createElement(name), given, children);
}

export function svg(name, given = {}, ...children) {
  return made(document.createElementNS(SVG, name), given, children);
}

function made(element, given, children) {
  for (const [name, value] of Object.entries(given)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function replace(element, ...children) {
  element.replaceChildren(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
}

// For screen readers; said once more where the same words come again.
export function say(words) {
  const live = find("say");
  live.textContent = live.textContent === words ? `${words}\u00a0` : words;
}
