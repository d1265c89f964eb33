/** Phrases of the question that belong to it only beside certain answers. */

/** Shows and hides every [data-when] of `form` as the field it names changes. */
export function wirePhrases(form) {
  const phrases = [...form.querySelectorAll("[data-when]")];

  function show() {
    for (const phrase of phrases) {
      const { when, is } = phrase.dataset;
      const { value } = form.elements[when];
      phrase.hidden = is ? !is.split(" ").includes(value) : !value;
      // What is not asked is not sent, so equal questions stay equal.
      for (const field of phrase.querySelectorAll("select, input")) field.disabled = phrase.hidden;
    }
  }

  form.addEventListener("change", show);
  show();
}
