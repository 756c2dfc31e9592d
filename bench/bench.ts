import { auditVerify } from './audit-verify.ts'
import { coldStart } from './cold-start.ts'
import { postgresql, twoProcesses } from './compared-portals.ts'
import { deliveriesPerSecond, deliveryLatency, drained } from './deliveries.ts'
import { staticPage } from './entry-page.ts'
import type { Figure } from './figure.ts'
import { refusals } from './flood.ts'
import { journeysVsFloor } from './journeys.ts'
import { knownUnknown, knownUnknownQueueFull } from './known-unknown.ts'
import { admittedWhenFull, keptUnderFlood } from './limit.ts'
import { mainThread } from './main-thread.ts'
import { memory } from './memory.ts'
import { pageBytes } from './page-bytes.ts'
import { pagesWhileHashing } from './pages-while-hashing.ts'
import { passwordWrite } from './password-write.ts'
import { peers } from './peers.ts'
import { manyPeople } from './people.ts'
import { record } from './record.ts'
import { signedInPages, signInsPerSecond } from './signed-in.ts'
import { countStatements } from './statements.ts'
import { crowdedStream, stream } from './stream.ts'

/** Where noise of the machine could mislead, figures are ratios within one run and medians of interleaved rounds. */
const benches = {
  'page-bytes-max': pageBytes,
  'entry-page-vs-bare-http': staticPage,
  'signed-in-pages-per-second': signedInPages,
  'sign-ins-per-second': signInsPerSecond,
  'cold-start-ms': coldStart,
  'journeys-vs-the-same-work': journeysVsFloor,
  'main-thread-ms-per-journey': mainThread,
  'get-p99-while-hashing-vs-idle': pagesWhileHashing,
  'password-write-vs-raw-ldap': passwordWrite,
  'delivery-latency-p99-ms': deliveryLatency,
  'deliveries-vs-raw-ldap': deliveriesPerSecond,
  'drain-30k-early-vs-late': drained,
  'people-1k-vs-100k': manyPeople,
  'slowest-step-beside-a-flood-vs-calm': refusals,
  'admitted-at-twice-the-limit': admittedWhenFull,
  'kept-beside-a-flood': keptUnderFlood,
  'finish-of-15-people-a-second': stream,
  'throughput-at-30-people-a-second': crowdedStream,
  'two-processes-vs-one': twoProcesses,
  'postgresql-vs-sqlite': postgresql,
  'known-unknown-ms': knownUnknown,
  'known-unknown-queue-full-ms': knownUnknownQueueFull,
  statements: countStatements,
  'audit-verify-1m-s': auditVerify,
  'rss-after-10k-vs-500': memory,
} as const satisfies Record<string, () => Promise<Figure>>

type Name = keyof typeof benches
const isName = (name: string): name is Name => Object.hasOwn(benches, name)

const all = Object.keys(benches) as Name[]

export const run = async (asked: readonly string[]) => {
  // Its figures depend on the other portal: they are printed and not recorded.
  if (asked[0] === 'peers') return console.log(JSON.stringify(await peers(asked.slice(1))))
  const strange = asked.filter(name => !isName(name))
  if (strange.length > 0) throw new Error(`no such bench: ${strange.join(', ')}`)
  const names = asked.length > 0 ? asked.filter(isName) : all
  for (const name of names) {
    const figure = await benches[name]()
    console.log(JSON.stringify(figure))
    // Recorded after each benchmark, so that an interrupted run keeps its figures.
    record(figure, all)
  }
}
