const copyFrom = async (button: HTMLButtonElement, note: HTMLElement) => {
  const source = document.getElementById(button.dataset.copies ?? '')
  // One line for each item of a list.
  const lines = [...(source?.querySelectorAll('li') ?? [])].map(item => item.textContent)
  const text = lines.length > 0 ? lines.join('\n') : (source?.dataset.text ?? source?.textContent ?? '')
  await navigator.clipboard.writeText(text.trim())
  note.textContent = button.dataset.copied ?? ''
}

/** « Copier »: hidden unless the script runs and the page may write to the clipboard (over HTTPS). */
export const copy = () => {
  if (!navigator.clipboard) return
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copies]')) {
    const note = button.nextElementSibling as HTMLElement
    button.hidden = false
    // Where the browser refuses, the text is still there to select.
    button.onclick = () => void copyFrom(button, note).catch(() => {})
  }
}

/** « Imprimer »: hidden unless the script runs; the menu of the browser does the same. */
export const print = () => {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-prints]')) {
    button.hidden = false
    button.onclick = () => window.print()
  }
}
