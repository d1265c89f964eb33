/**
 * Gather points that would lie on top of one another.
 *
 * Points carry world pixels `x`, `y` at the current zoom; those in one square of `cell_px` become
 * a group. The grid hangs on the world, not on the window, so groups stay put while panning.
 */

export function groupPoints(points, cell_px) {
  const squares = new Map();
  for (const point of points) {
    const key = `${Math.floor(point.x / cell_px)}:${Math.floor(point.y / cell_px)}`;
    const square = squares.get(key);
    if (square) square.push(point);
    else squares.set(key, [point]);
  }
  return [...squares.values()].map((members) => ({
    x: mean(members, "x"),
    y: mean(members, "y"),
    members,
  }));
}

/** How a group is made up: [{color, share}] from the commonest colour down, shares sum to 1. */
export function mixOf(members) {
  const counts = new Map();
  for (const { color } of members) counts.set(color, (counts.get(color) ?? 0) + 1);
  return [...counts]
    .map(([color, count]) => ({ color, share: count / members.length }))
    .sort((one, other) => other.share - one.share || one.color.localeCompare(other.color));
}

function mean(members, axis) {
  return members.reduce((sum, member) => sum + member[axis], 0) / members.length;
}
