/**
 * A bounded queue that serves networks in turn: one network that floods waits behind itself alone. A journey holds
 * one place at most.
 */
export type Place = { readonly network: string; readonly journey: string }

export const fairQueue = <Job>(limits: { longest: number; perNetwork: number }) => {
  const lines = new Map<string, { journey: string; job: Job }[]>()
  let size = 0

  return {
    size: () => size,

    /** False when the queue, the network's share or the journey's place is taken. */
    put: ({ network, journey }: Place, job: Job) => {
      const line = lines.get(network) ?? []
      if (size >= limits.longest || line.length >= limits.perNetwork) return false
      if (line.some(waiting => waiting.journey === journey)) return false
      line.push({ journey, job })
      lines.set(network, line)
      size += 1
      return true
    },

    /** The first of the network whose turn it is; that network then goes to the end. */
    take: (): Job | undefined => {
      const turn = lines.entries().next().value
      if (!turn) return undefined
      const [network, line] = turn
      const first = line.shift()
      lines.delete(network)
      if (line.length > 0) lines.set(network, line)
      size -= 1
      return first?.job
    },

    drain: (): Job[] => {
      const jobs = [...lines.values()].flat().map(({ job }) => job)
      lines.clear()
      size = 0
      return jobs
    },
  }
}
