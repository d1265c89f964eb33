/** Numbers as people of the language write them. Null stays null-like: no data is never zero. */

const THIN = "\u202f";
const NO_BREAK = "\u00a0";

/** 12400 → "12 400" (ru), "12,400" (en); `missing` where there is no number. */
export function formatCount(count, lang, missing) {
  if (!isNumber(count)) return missing;
  const digits = String(Math.abs(Math.round(count)));
  const grouped = digits.replace(/\B(?=(\d{3})+$)/g, lang === "ru" ? THIN : ",");
  return count <= -0.5 ? `−${grouped}` : grouped;
}

/** 0.583 → "58 %" (ru), "58%" (en). What is nearly none or nearly all is not rounded to it. */
export function formatShare(share, lang, missing) {
  if (!isNumber(share)) return missing;
  const gap = lang === "ru" ? NO_BREAK : "";
  if (share > 0 && share < 0.005) return `<${NO_BREAK}1${gap}%`;
  if (share < 1 && share >= 0.995) return `>${NO_BREAK}99${gap}%`;
  return `${Math.round(share * 100)}${gap}%`;
}

/** 12.4 → "12 мин" with the unit in the reader's words; unreachable is null, and said in words. */
export function formatMinutes(minutes, unit, missing) {
  if (!isNumber(minutes)) return missing;
  return `${minutes > 0 && minutes < 1 ? `<${NO_BREAK}1` : Math.round(minutes)}${NO_BREAK}${unit}`;
}

function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}
