import { headsInLines, readHead } from '../audit/external-heads.ts'
import { verifyAudit } from '../audit/verify.ts'
import { readOperatorText } from '../operator-file.ts'
import { fail, print, withApplication } from './command-context.ts'

export type AuditVerifyOptions = { readonly head?: string; readonly heads?: string }

/** The external heads to compare with, or the message why they cannot be read. */
const readExternalHeads = ({ head, heads }: AuditVerifyOptions): ReadonlyMap<number, string> | string => {
  const found = new Map<number, string>()
  if (head !== undefined) {
    const read = readHead(head)
    if (!read) return `${head} is not a head: a head has the form SEQUENCE:LINK, as in the log and the mail.`
    found.set(...read)
  }
  if (heads === undefined) return found
  const read = readOperatorText(heads)
  if (!read.ok) return `${heads}: ${read.reason}.`
  const inFile = headsInLines(read.text.split('\n'))
  if (inFile.size === 0) return `${heads} holds no head.`
  return new Map([...found, ...inFile])
}

const progressInterval = 2000

/** Progress goes to the standard error, so that scripts read only the result. */
const createProgress = () => {
  let lastPrint = performance.now()
  return (events: number, of: number) => {
    if (performance.now() - lastPrint < progressInterval) return
    lastPrint = performance.now()
    // Events that are written meanwhile were not counted before.
    process.stderr.write(`${events} of ${Math.max(events, of)} events\n`)
  }
}

/** Reports the first fault of each chain; with external heads also an older store or removed newest events. */
export const auditVerify = async (options: AuditVerifyOptions) => {
  const heads = readExternalHeads(options)
  if (typeof heads === 'string') return fail(heads)
  await withApplication(async ({ store, clock, limits, crypto }) => {
    const log = { store, clock, limits, keys: crypto.keys }
    const { chains, events, broken } = await verifyAudit(log, { heads, onProgress: createProgress() })
    for (const { chain, sequence, why } of broken) fail(`chain ${chain}, event ${sequence}: ${why}`)
    const compared = heads.size > 0 ? `, ${heads.size} kept outside compared` : ''
    print(`${chains} chains, ${events} events${compared}, ${broken.length} broken`)
  })
}
