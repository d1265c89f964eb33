/** Building elements without markup in strings: text stays text. */

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element with attributes and children; null, false and 0 are left out. */
export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false)
      node.setAttribute(name, value);
  }
  node.append(...children.filter(Boolean));
  return node;
}

/**
 * A kind's icon in its disc, the same on the map and in the legend: white on the kind's colour,
 * or the colour on white where the position is only approximate.
 */
export function disc(sprite, icon, color, { radius = 12, approximate = false } = {}) {
  const size = radius * 1.17;
  const [paper, ink] = approximate ? ["#fff", color] : [color, "#fff"];
  return [
    svg("circle", { class: "pin-rim", r: radius, fill: paper, stroke: ink, "stroke-width": 1.5 }),
    svg("use", {
      href: `${sprite}#${icon}`,
      x: -size / 2,
      y: -size / 2,
      width: size,
      height: size,
      fill: ink,
    }),
  ];
}
