"use strict";

// Nothing in a report is ever read as markup: text gets into the page as text, and only here.

const SVG = "http://www.w3.org/2000/svg";

/** An element with a class, text, and children. */
function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/** An element of a drawing. */
function drawn(tag, attributes, ...content) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

/** The data in a script element. */
function embedded(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

/** Where a step is, for people. */
function placeName(file, line) {
  return file === null ? "in the check" : line === null ? file : `${file}:${line}`;
}

/** Moves the content of a scrolling box so that `inside` can be seen. The page itself stays where it is. */
function reveal(box, inside, margin) {
  const outer = box.getBoundingClientRect();
  const inner = inside.getBoundingClientRect();
  const hidden = inner.top < outer.top + margin || inner.bottom > outer.bottom - margin;
  if (hidden) box.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
}
