/** Submits the form of the « portal is full » page again, after the delay that the server chose for this browser. */
export const retry = () => {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-retry]')) {
    for (const line of form.querySelectorAll<HTMLElement>('[data-with-script]')) line.hidden = false
    const timer = setTimeout(() => form.requestSubmit(), Number(form.dataset.retry) * 1000)
    form.addEventListener('submit', () => clearTimeout(timer))
  }
}
