/**
 * Everything the page asks of the server. The only file that calls fetch.
 *
 * A question asked again under the same slot cancels the one before it, so an answer that is
 * late never overwrites a newer one.
 */

const running = new Map();

/** The server answered, but not with what was asked: `status` says how. */
export class AnswerError extends Error {
  constructor(url, status) {
    super(`${url}: got status ${status}, wanted 200`);
    this.name = "AnswerError";
    this.status = status;
  }
}

export async function getJson(url, slot) {
  const response = await ask(url, slot, { Accept: "application/json" });
  return response.json();
}

/** HTML of a part of a page. */
export async function getFragment(url, slot) {
  const response = await ask(url, slot, { "X-Requested-With": "fragment" });
  return response.text();
}

/** True for the error of a question that a newer one replaced: nothing to tell the reader. */
export function isCancelled(error) {
  return error.name === "AbortError";
}

async function ask(url, slot, headers) {
  running.get(slot)?.abort();
  const controller = new AbortController();
  running.set(slot, controller);
  const response = await fetch(url, { headers, signal: controller.signal });
  if (!response.ok) throw new AnswerError(url, response.status);
  return response;
}
