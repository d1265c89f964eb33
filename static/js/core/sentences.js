/** Sentences with figures in them: "{after} instead of {before}". */

/** Put `values` into the braces of `template`; a brace without a value stays, to be noticed. */
export function fillIn(template, values) {
  return (template ?? "").replace(/\{(\w+)\}/g, (brace, name) => values[name] ?? brace);
}
