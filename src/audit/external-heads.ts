/** The text form of a head kept outside the store: the sequence of an event of the system chain, and its link. */
const form = /^(\d{1,15}):([\w-]{43})$/

export const readHead = (text: string): readonly [number, string] | null => {
  const [, sequence, link] = form.exec(text.trim()) ?? []
  return sequence && link ? [Number(sequence), link] : null
}

/** The heads in lines of the portal's log (`"auditHead":"…"`), or in lines that consist of a head only. */
export function headsInLines(lines: Iterable<string>) {
  const heads = new Map<number, string>()
  for (const line of lines) {
    const head = readHead(/"auditHead":"([^"]*)"/.exec(line)?.[1] ?? line)
    if (head) heads.set(...head)
  }
  return heads
}
