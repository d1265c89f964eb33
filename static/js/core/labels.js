/**
 * Which labels fit, how much of each and where: the weightiest first, none over another, and
 * over as few pins as there is a way to.
 *
 * Each label is {x, y, weight, sizes, holds} with x, y its centre in pixels, `sizes` its forms
 * [{width, height}] from the fullest to the shortest, and `holds(x, y)` true where its centre
 * may be moved to (nowhere when it is left out). A pin is {x, y, radius}.
 *
 * Returns {form, x, y, width, height} for each label, or null where not even the shortest fits.
 */
export function placeLabels(labels, pins = [], gap_px = 4) {
  const order = labels.map((_, index) => index);
  order.sort((one, other) => labels[other].weight - labels[one].weight || one - other);
  const placed = [];
  const chosen = labels.map(() => null);
  for (const index of order) {
    const box = placeOne(labels[index], placed, pins, gap_px);
    chosen[index] = box;
    if (box) placed.push(box);
  }
  return chosen;
}

/** Whether a pin lies under a box, at least in part. */
export function covers(box, pin) {
  return overlap(box, { ...pin, width: 2 * pin.radius, height: 2 * pin.radius }, 0);
}

/** Where a label may go from its own place, in its widths and heights; the nearest first. */
const SHIFTS = [
  [0, 0],
  [0, -0.7],
  [0, 0.7],
  [-0.4, 0],
  [0.4, 0],
  [0, -1.4],
  [0, 1.4],
  [-0.4, -0.7],
  [0.4, -0.7],
  [-0.4, 0.7],
  [0.4, 0.7],
];

function placeOne({ x, y, sizes, holds }, placed, pins, gap_px) {
  for (const [form, size] of sizes.entries()) {
    if (!size) continue;
    const free = SHIFTS.map(([right, down]) => ({
      form,
      x: x + right * size.width,
      y: y + down * size.height,
      ...size,
    }))
      .filter((box, index) => index === 0 || holds?.(box.x, box.y))
      .filter((box) => !placed.some((other) => overlap(other, box, gap_px)));
    if (free.length) return leastCovering(free, pins);
  }
  return null;
}

function leastCovering(boxes, pins) {
  const hidden = boxes.map((box) =>
    pins.reduce((sum, pin) => sum + (covers(box, pin) ? pin.radius : 0), 0),
  );
  return boxes[hidden.indexOf(Math.min(...hidden))];
}

function overlap(one, other, gap_px) {
  return (
    Math.abs(one.x - other.x) * 2 < one.width + other.width + 2 * gap_px &&
    Math.abs(one.y - other.y) * 2 < one.height + other.height + 2 * gap_px
  );
}
