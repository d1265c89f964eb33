/**
 * Gather points that would lie on top of one another.
 *
 * Points carry world pixels `x`, `y` at the current zoom and may stand for `count` things, of
 * `parts` [{color, count}]; those in one square of `cell_px` become a group. The grid hangs on the
 * world, not on the window, so groups stay put while panning.
 */

export function groupPoints(points, cell_px) {
  const squares = new Map();
  for (const point of points) {
    const key = `${Math.floor(point.x / cell_px)}:${Math.floor(point.y / cell_px)}`;
    const square = squares.get(key);
    if (square) square.push(point);
    else squares.set(key, [point]);
  }
  return [...squares].map(([key, members]) => ({
    key,
    x: mean(members, "x"),
    y: mean(members, "y"),
    count: countOf(members),
    members,
  }));
}

/** How many things the points stand for. */
export function countOf(points) {
  return points.reduce((sum, { count = 1 }) => sum + count, 0);
}

/** How a group is made up: [{color, share}] from the commonest colour down, shares sum to 1. */
export function mixOf(members) {
  const counts = new Map();
  for (const member of members)
    for (const { color, count = 1 } of member.parts ?? [member])
      counts.set(color, (counts.get(color) ?? 0) + count);
  const total = countOf(members);
  return [...counts]
    .map(([color, count]) => ({ color, share: count / total }))
    .sort((one, other) => other.share - one.share || one.color.localeCompare(other.color));
}

/**
 * What a feature of a tile stands for: one point, or the cluster's asked kinds and its others.
 *
 * `kinds` is {code: {color, icon}}; `asked` are the codes the question is about; `only` are the
 * codes that are shown, or null for all. A kind that is not in `kinds` gets no colour of its own.
 */
export function partsOf({ id, props }, { type, kinds, asked, only }) {
  const counts = parseMix(props).filter(({ kind }) => !only || only.includes(kind));
  const isAsked = ({ kind }) => asked.includes(kind);
  const groups = [counts.filter(isAsked), counts.filter((count) => !isAsked(count))];
  return groups.flatMap((found, index) =>
    found.length ? [pointOf(id, props, found, index === 0, { type, kinds })] : [],
  );
}

function pointOf(id, props, found, asked, { type, kinds }) {
  const [{ kind }] = found;
  const look = kinds[kind] ?? UNKNOWN;
  const count = found.reduce((sum, part) => sum + part.count, 0);
  return {
    sel: { type, id: id === undefined ? "" : String(id) },
    count,
    color: look.color,
    parts: found.map((part) => ({
      color: (kinds[part.kind] ?? UNKNOWN).color,
      count: part.count,
    })),
    // A cluster of one kind in part only has no thing of its own to open.
    isLone: id !== undefined,
    properties: { ...props, ...look, kind, asked },
  };
}

const UNKNOWN = { color: "#6b645b", icon: "" };

/** "library:12,museum:3" → counts by kind; a thing that is no cluster counts one of its own. */
function parseMix({ mix, kind = "" }) {
  if (!mix) return [{ kind, count: 1 }];
  return mix.split(",").map((part) => {
    const colon = part.lastIndexOf(":");
    return { kind: part.slice(0, colon), count: Number(part.slice(colon + 1)) };
  });
}

function mean(members, axis) {
  return members.reduce((sum, one) => sum + (one.count ?? 1) * one[axis], 0) / countOf(members);
}
