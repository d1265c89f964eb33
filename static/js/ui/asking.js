/** A question sent off: answered at once, or followed while it is being calculated. */

import { getJson, isCancelled, post } from "#js/api.js";

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 2000;
/** So many unanswered looks in a row, and we say that the service is away. */
const PATIENCE = 4;

/**
 * Wire the bar of progress in `section`.
 *
 * onAnswer(run, address)   a run answers the question
 * onStop({title, message}) the question was refused, or its calculation failed or was cancelled
 */
export function createAsking(section, { url, token, words, onStart, onAnswer, onStop }) {
  const title = section.querySelector('[data-slot="progress-title"]');
  const bar = section.querySelector("progress");
  const step = section.querySelector('[data-slot="progress-step"]');
  const button = section.querySelector("[data-cancel-job]");
  let job = null;

  button.addEventListener("click", async () => {
    button.disabled = true;
    if (job) await post(job.cancel_url, {}, "cancel", token).catch(console.warn);
  });

  function show({ status, status_text: text, progress, step: doing }) {
    title.textContent = text || words[status] || "";
    bar.value = progress ?? 0;
    step.textContent = doing ?? "";
  }

  function begin() {
    section.hidden = false;
    button.disabled = true;
    show({ status: "asking", progress: 0 });
    onStart();
  }

  function stop(problem) {
    job = null;
    section.hidden = true;
    onStop(problem);
  }

  /** Look at the job until it is over. */
  async function follow(started) {
    job = started;
    section.hidden = false;
    button.disabled = false;
    let unanswered = 0;
    for (let wait_ms = FIRST_WAIT_MS; job === started; wait_ms *= 1.3) {
      await pause(Math.min(wait_ms, LONGEST_WAIT_MS));
      try {
        const seen = await getJson(started.url, "job");
        unanswered = 0;
        if (job !== started) return;
        show(seen);
        if (await isOver(seen)) return;
      } catch (error) {
        if (isCancelled(error)) return;
        unanswered += 1;
        if (unanswered >= PATIENCE) return stop(problemOf(error));
      }
    }
  }

  async function isOver({ status, status_text: text, message, run, page_url: address }) {
    if (status === "done") {
      job = null;
      section.hidden = true;
      await onAnswer(run, address);
      return true;
    }
    if (status === "failed") stop({ title: text || words.failed, message });
    else if (status === "cancelled") stop({ title: "", message: words.cancelled });
    else return false;
    return true;
  }

  function problemOf(error) {
    return error.problem ?? { title: "", message: words.lost };
  }

  return {
    follow,

    async ask(form) {
      job = null;
      begin();
      try {
        const answer = await post(url, new FormData(form), "ask", token);
        if (answer.run) {
          section.hidden = true;
          await onAnswer(answer.run, answer.page_url);
        } else {
          history.pushState(null, "", answer.page_url);
          await follow(answer);
        }
      } catch (error) {
        if (!isCancelled(error)) stop(problemOf(error));
      }
    },
  };
}

function pause(wait_ms) {
  return new Promise((resolve) => setTimeout(resolve, wait_ms));
}
