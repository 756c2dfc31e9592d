/**
 * For whom a job waits. `network`: the jobs of one network wait in one line. `queueKey`: the journey, session or sheet of which
 * at most one job is in the queue.
 */
export type HashingClient = { readonly network: string; readonly queueKey: string }

/**
 * `rejected`: the job that the queue does not hold any more, either the one just offered or the last of the longest line;
 * null when there is none. `duplicate`: the key already has a job in the queue.
 */
type PutResult<Job> = { readonly rejected: Job | null; readonly duplicate?: true }

type Line<Job> = { queueKey: string; job: Job }[]

/**
 * A bounded queue that serves networks in turn (round robin), so that a network that sends many requests delays only
 * its own. When the queue is full, a network with fewer jobs takes the last slot of the network with the most jobs.
 */
export const createFairQueue = <Job>(capacity: number) => {
  const lines = new Map<string, Line<Job>>()
  let size = 0

  const longestLine = () => [...lines.values()].reduce<Line<Job>>((a, b) => (b.length > a.length ? b : a), [])

  const append = (network: string, line: Line<Job>, item: Line<Job>[number]) => {
    line.push(item)
    lines.set(network, line)
  }

  return {
    size: () => size,

    put: ({ network, queueKey }: HashingClient, job: Job): PutResult<Job> => {
      const line = lines.get(network) ?? []
      if (line.some(waiting => waiting.queueKey === queueKey)) return { rejected: job, duplicate: true }
      if (size < capacity) {
        size += 1
        append(network, line, { queueKey, job })
        return { rejected: null }
      }
      const longest = longestLine()
      if (longest.length <= line.length + 1) return { rejected: job }
      const last = longest.pop()
      append(network, line, { queueKey, job })
      return { rejected: last?.job ?? null }
    },

    /** The first job of the next network, which then goes to the end of the round. */
    take: (): Job | undefined => {
      const next = lines.entries().next().value
      if (!next) return undefined
      const [network, line] = next
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
