/** The search box's list of suggestions: what is marked in a name, and where arrows lead. */

/**
 * The name cut into [{text, marked}] by the words typed: each word marks where a word of the name
 * begins with it. Letters of either alphabet count as typed; ё and е are one letter.
 */
export function markedParts(label, query) {
  const typed = fold(query)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  const name = fold(label);
  const parts = [];
  let plain = "";
  const flush = () => {
    if (plain) parts.push({ text: plain, marked: false });
    plain = "";
  };
  for (const word of label.matchAll(/[\p{L}\p{N}]+|[^\p{L}\p{N}]+/gu)) {
    const [text] = word;
    const folded = name.slice(word.index, word.index + text.length);
    const begun = longest(typed.filter((each) => folded.startsWith(each)));
    if (begun) {
      flush();
      parts.push({ text: text.slice(0, begun.length), marked: true });
    }
    plain += text.slice(begun.length);
  }
  flush();
  return parts;
}

/** The same by places [[start, end], …] that the server found, where it can tell alphabets apart. */
export function partsBySpans(label, spans) {
  const cuts = [...new Set([0, ...spans.flat(), label.length])].sort((one, other) => one - other);
  return cuts.slice(1).map((end, index) => ({
    text: label.slice(cuts[index], end),
    marked: spans.some(([from, to]) => from <= cuts[index] && end <= to),
  }));
}

/** Where an arrow leads in a list of `count`: past either end one is back in the box (-1). */
export function nextIndex(key, index, count) {
  if (key === "ArrowDown") return index + 1 >= count ? -1 : index + 1;
  if (key === "ArrowUp") return index < 0 ? count - 1 : index - 1;
  return index;
}

/** The last places looked from, newest first, each once. */
export function remember(recent, place, most = 5) {
  const others = recent.filter(({ label }) => label !== place.label);
  return [place, ...others].slice(0, most);
}

/** As long as the text itself, so that places in one are places in the other. */
function fold(text) {
  return text.toLowerCase().replaceAll("ё", "е");
}

function longest(words) {
  return words.reduce((best, word) => (word.length > best.length ? word : best), "");
}
