/**
 * Everything the page asks of the server. The only file that calls fetch.
 *
 * A question asked again under the same slot cancels the one before it, so an answer that is
 * late never overwrites a newer one.
 */

const running = new Map();
const ageListeners = [];

/** The server answered, but not with what was asked: `status` and `problem` say how. */
export class AnswerError extends Error {
  constructor(url, status, problem) {
    super(`${url}: got status ${status}, wanted 200`);
    this.name = "AnswerError";
    this.status = status;
    this.problem = problem;
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

/** Send a form, or an object as JSON; `token` is the page's proof that it may. */
export async function post(url, body, slot, token) {
  const isForm = body instanceof FormData;
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  if (!isForm) headers["Content-Type"] = "application/json";
  const response = await ask(url, slot, headers, {
    method: "POST",
    body: isForm ? new URLSearchParams(body) : JSON.stringify(body),
  });
  return response.json();
}

/** True for the error of a question that a newer one replaced: nothing to tell the reader. */
export function isCancelled(error) {
  return error.name === "AbortError";
}

/** What to throw where a newer question made an answer useless after it came. */
export function cancelled() {
  return new DOMException("a newer question was asked", "AbortError");
}

/** Hear of every answer: when it was saved, or null for one that is fresh, and in which slot. */
export function listenForAge(listener) {
  ageListeners.push(listener);
}

async function ask(url, slot, headers, request = {}) {
  running.get(slot)?.abort();
  const controller = new AbortController();
  running.set(slot, controller);
  const response = await fetch(url, {
    ...request,
    // Data addresses carry no language: they answer in the page's, not in the browser's.
    headers: { ...headers, "Accept-Language": document.documentElement.lang },
    signal: controller.signal,
  });
  // The service worker marks what it had saved before the connection went.
  const savedAt = response.headers.get("X-Saved-At");
  for (const listener of ageListeners) listener(savedAt, slot);
  if (!response.ok) throw new AnswerError(url, response.status, await problemOf(response));
  return response;
}

/** {title, message} of a refusal in the server's words; null where it gave none. */
async function problemOf(response) {
  if (!response.headers.get("Content-Type")?.includes("json")) return null;
  const { title, message, error } = await response.json();
  return title || message || error ? { title: title ?? "", message: message ?? error ?? "" } : null;
}
