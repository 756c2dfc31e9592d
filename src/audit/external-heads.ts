/** A head as it is written outside the store: the sequence of an event of the system's chain, and its link. */
const form = /^(\d{1,15}):([\w-]{43})$/

export const readHead = (text: string): readonly [number, string] | null => {
  const [, sequence, link] = form.exec(text.trim()) ?? []
  return sequence && link ? [Number(sequence), link] : null
}

/** The heads that lines of the portal's log tell (`"auditHead":"…"`), or lines that are heads and nothing else. */
export const headsInLines = (lines: Iterable<string>) => {
  const heads = new Map<number, string>()
  for (const line of lines) {
    const head = readHead(/"auditHead":"([^"]*)"/.exec(line)?.[1] ?? line)
    if (head) heads.set(...head)
  }
  return heads
}
