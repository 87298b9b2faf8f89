/* Customer pages are complete without this: it only moves the focus to what went wrong. */
document.querySelector("[data-error-summary], [data-refusal]")?.focus();
