/**
 * Which labels fit: the weightiest first, each only where it overlaps none already placed.
 *
 * `boxes` are {x, y, width, height, weight} with x, y the centre; returns a boolean per box.
 */
export function chooseLabels(boxes, gap_px = 4) {
  const order = boxes.map((_, index) => index);
  order.sort((one, other) => boxes[other].weight - boxes[one].weight || one - other);
  const placed = [];
  const chosen = boxes.map(() => false);
  for (const index of order) {
    if (placed.some((box) => overlap(box, boxes[index], gap_px))) continue;
    placed.push(boxes[index]);
    chosen[index] = true;
  }
  return chosen;
}

function overlap(one, other, gap_px) {
  return (
    Math.abs(one.x - other.x) * 2 < one.width + other.width + 2 * gap_px &&
    Math.abs(one.y - other.y) * 2 < one.height + other.height + 2 * gap_px
  );
}
