/**
 * Which labels fit, and how much of each: the weightiest first, none over another.
 *
 * Each label is {x, y, weight, sizes} with x, y its centre in pixels and `sizes` its forms
 * [{width, height}] from the fullest to the shortest. Returns the index of the form to show for
 * each label, or -1 where not even the shortest fits.
 */
export function chooseLabels(labels, gap_px = 4) {
  const order = labels.map((_, index) => index);
  order.sort((one, other) => labels[other].weight - labels[one].weight || one - other);
  const placed = [];
  const chosen = labels.map(() => -1);
  for (const index of order) {
    const { x, y, sizes } = labels[index];
    chosen[index] = sizes.findIndex(
      (size) => size && !placed.some((box) => overlap(box, { x, y, ...size }, gap_px)),
    );
    if (chosen[index] >= 0) placed.push({ x, y, ...sizes[chosen[index]] });
  }
  return chosen;
}

function overlap(one, other, gap_px) {
  return (
    Math.abs(one.x - other.x) * 2 < one.width + other.width + 2 * gap_px &&
    Math.abs(one.y - other.y) * 2 < one.height + other.height + 2 * gap_px
  );
}
