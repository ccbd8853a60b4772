// What an accessibility checker looks for, as far as these pages can get it wrong. `faults(size)` lists what is
// wrong; `size` is the smallest width and height, in CSS pixels, of what one clicks or touches. The rules are
// those of WCAG 2.2: 1.1.1, 1.3.1, 1.4.3, 1.4.10, 2.4.6, 2.5.5 and 2.5.8, 3.1.1, 4.1.2.

function faults(size) {
  const found = [];
  const say = (rule, one) => found.push(`${rule}: ${one.outerHTML.slice(0, 160)}`);
  const all = [...document.body.querySelectorAll("*")].filter(shown);

  if (!document.documentElement.lang) found.push("no language");
  if (!document.title) found.push("no title");
  if (all.filter((one) => one.matches("main")).length !== 1) found.push("not one main");
  if (all.filter((one) => one.matches("h1")).length !== 1) found.push("not one h1");
  if (document.documentElement.scrollWidth > innerWidth) found.push("wider than the window");
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  ids.filter((id, at) => ids.indexOf(id) !== at).forEach((id) => found.push(`id twice: ${id}`));

  const levels = all.filter((one) => one.matches("h1, h2, h3, h4")).map((one) => Number(one.localName[1]));
  levels.forEach((level, at) => level - (levels[at - 1] || level) > 1 && found.push(`heading ${level} skips one`));

  for (const one of all) {
    if (one.matches("a[href], button, input, summary, iframe, dialog, nav, pre[tabindex]") && !name(one)) say("no name", one);
    if (one.matches("img") && !one.hasAttribute("alt")) say("no alt", one);
    if (one.matches("svg:not([aria-hidden])")) say("drawing without words", one);
    if (one.matches("dl > *:not(div, dt, dd), ul > *:not(li), ol > *:not(li)")) say("wrong child of a list", one);
    if (one.matches("[tabindex]") && Number(one.getAttribute("tabindex")) > 0) say("tab order by number", one);
    for (const attribute of ["aria-labelledby", "aria-controls", "aria-describedby", "for"]) {
      const id = one.getAttribute(attribute);
      if (id && !document.getElementById(id)) say(`${attribute} leads nowhere`, one);
    }
    if (!touchable(one, size)) say(`smaller than ${size}`, one);
    const ratio = ratioOf(one);
    if (ratio && ratio < (large(one) ? 3 : 4.5)) say(`contrast ${ratio.toFixed(2)}`, one);
  }
  return found;
}

function shown(one) {
  const look = getComputedStyle(one), at = one.getBoundingClientRect();
  return one.checkVisibility({ visibilityProperty: true }) && at.width > 1 && at.height > 1 && look.opacity !== "0";
}

function name(one) {
  const by = (one.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent);
  return [one.getAttribute("aria-label"), ...by, ...[...(one.labels || [])].map((label) => label.textContent),
    one.title, one.matches("a, button, summary") ? one.textContent : ""].some((words) => words?.trim());
}

// Links within a line of text need no size of their own; a label counts for its field.
function touchable(one, size) {
  if (!one.matches("a[href], button, input, summary, label")) return true;
  if (getComputedStyle(one).display === "inline" || one.matches(".skip, label.unseen, .widths *")) return true;
  const at = one.getBoundingClientRect();
  return at.width >= size && at.height >= size;
}

function large(one) {
  const look = getComputedStyle(one), points = parseFloat(look.fontSize);
  return points >= 24 || (points >= 18.66 && Number(look.fontWeight) >= 700);
}

function ratioOf(one) {
  const words = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!words || one.matches(".unseen, .unseen *, option")) return null;
  const text = colour(getComputedStyle(one).color);
  const behind = ground(one);
  const [high, low] = [luminance(text), luminance(behind)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function ground(one) {
  for (let at = one; at; at = at.parentElement) {
    const found = colour(getComputedStyle(at).backgroundColor);
    if (found[3] === 1) return found;
    if (found[3] > 0) throw new Error(`a half transparent ground is not computed here: ${at.outerHTML.slice(0, 99)}`);
  }
  return [255, 255, 255, 1];
}

function colour(words) {
  const parts = words.match(/[\d.]+/g).map(Number);
  return parts.length === 3 ? [...parts, 1] : parts;
}

function luminance([red, green, blue]) {
  const [r, g, b] = [red, green, blue].map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
