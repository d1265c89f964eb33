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

/** "2026-06-05T18:00", as a clock there shows it → "пт, 5 июня, 18:00" in the reader's language. */
export function formatClock(text, lang) {
  const moment = new Date(`${text}Z`);
  if (Number.isNaN(moment.getTime())) return "";
  const say = (options) =>
    moment.toLocaleString(lang === "ru" ? "ru-RU" : "en-GB", { timeZone: "UTC", ...options });
  return [
    say({ weekday: "short" }),
    say({ day: "numeric", month: "long" }),
    say({ hour: "2-digit", minute: "2-digit" }),
  ].join(", ");
}
