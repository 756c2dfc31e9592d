import { readFileSync } from 'node:fs'
import { headsInLines, readHead } from '../audit/external-heads.ts'
import { verifyAudit } from '../audit/verify.ts'
import { fail, print, withApplication } from './command-context.ts'

export type AuditVerifyOptions = { readonly head?: string; readonly heads?: string }

const words = (fault: unknown) => (fault instanceof Error ? fault.message : String(fault))

/** The heads to compare with, or the sentence that says why there are none. */
const outsideHeads = ({ head, heads }: AuditVerifyOptions): ReadonlyMap<number, string> | string => {
  const found = new Map<number, string>()
  if (head !== undefined) {
    const read = readHead(head)
    if (!read) return `${head} is no head: it is SEQUENCE:LINK, as the log or a mail tells it.`
    found.set(...read)
  }
  if (heads === undefined) return found
  try {
    const inFile = headsInLines(readFileSync(heads === '-' ? 0 : heads, 'utf8').split('\n'))
    if (inFile.size === 0) return `${heads} holds no head.`
    return new Map([...found, ...inFile])
  } catch (fault) {
    return `${heads} cannot be read: ${words(fault)}`
  }
}

const progressEvery = 2000

/** Progress goes to the standard error, so that scripts read only the result. */
const createProgress = () => {
  let lastPrint = performance.now()
  return (events: number, of: number) => {
    if (performance.now() - lastPrint < progressEvery) return
    lastPrint = performance.now()
    process.stderr.write(`${events} of ${of} events\n`)
  }
}

/** Names the first broken link of each chain; with heads that were kept outside, also what only an older store hides. */
export const auditVerify = async (asked: AuditVerifyOptions) => {
  const heads = outsideHeads(asked)
  if (typeof heads === 'string') return fail(heads)
  await withApplication(async application => {
    const { chains, events, broken } = await verifyAudit(application, { heads, onProgress: createProgress() })
    for (const { chain, sequence, why } of broken) fail(`chain ${chain}, event ${sequence}: ${why}`)
    const compared = heads.size > 0 ? `, ${heads.size} kept outside compared` : ''
    print(`${chains} chains, ${events} events${compared}, ${broken.length} broken`)
  })
}
