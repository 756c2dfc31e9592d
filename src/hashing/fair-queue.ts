/**
 * A bounded queue that serves networks in turn: one network that floods waits behind itself alone. When it is full,
 * whoever fills it most gives up their last place to a network that holds less. A journey waits for one job at most.
 */
type Place = { readonly network: string; readonly journey: string }

/**
 * `out` is the job that lost its place: the one just offered, or the last of the longest line; null when none did.
 * `twice`: its journey waits already.
 */
type Put<Job> = { readonly out: Job | null; readonly twice?: true }

type Line<Job> = { journey: string; job: Job }[]

export const createFairQueue = <Job>(longest: number) => {
  const lines = new Map<string, Line<Job>>()
  let size = 0

  const longestLine = () => [...lines.values()].reduce<Line<Job>>((a, b) => (b.length > a.length ? b : a), [])

  const join = (network: string, line: Line<Job>, place: Line<Job>[number]) => {
    line.push(place)
    lines.set(network, line)
  }

  return {
    size: () => size,

    put: ({ network, journey }: Place, job: Job): Put<Job> => {
      const line = lines.get(network) ?? []
      if (line.some(waiting => waiting.journey === journey)) return { out: job, twice: true }
      if (size < longest) {
        size += 1
        join(network, line, { journey, job })
        return { out: null }
      }
      const crowd = longestLine()
      if (crowd.length <= line.length + 1) return { out: job }
      const last = crowd.pop()
      join(network, line, { journey, job })
      return { out: last?.job ?? null }
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
