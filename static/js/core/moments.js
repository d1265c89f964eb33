/** Moments as people write them. */

/** "2026-11-22T07:05:00Z" → "22.11.2026, 14:05" in the reader's zone and language. */
export function formatMoment(text, lang, timeZone) {
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) return "";
  return moment.toLocaleString(lang === "ru" ? "ru-RU" : "en-GB", {
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
  });
}
