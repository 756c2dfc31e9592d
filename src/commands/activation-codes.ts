import { writeFileSync } from 'node:fs'
import type { Application } from '../application.ts'
import { numberKinds, type Person } from '../directory/directory.ts'
import { foldNumber } from '../directory/number.ts'
import type { ActiveBecause } from '../proofs/activation-code/activity.ts'
import { parseMail } from '../proofs/code/destination.ts'
import { isAsked } from '../proofs/second-factor/second-factor.ts'
import { ok, type Result } from '../result.ts'
import { hrefIn } from '../routes.ts'
import { createActivationPdf, type PrintedCode } from './activation-pdf.ts'
import { fail, print, withApplication } from './command-context.ts'
import { type CsvRecord, readTable, writeCsv } from './csv.ts'
import { type Justification, operator } from './desk.ts'

type CodeOptions = Justification & {
  readonly mail?: true
  readonly letters?: string
  readonly output?: string
}
type MadeCode = PrintedCode & { readonly kind: string; readonly number: string }
type LineResult = Result<{ made: MadeCode }, string>

const refusedLine = (reason: string) => ({ ok: false, reason }) as const

/** Why a line gets no code, for the operator who reads the list of newcomers. */
const activeReasons = {
  activation: 'it was activated here',
  session: 'its owner has signed in',
  password: 'its owner chose a password here',
  factor: 'it has a second factor or printed codes',
  joker: 'it has a joker',
  contact: 'it has a confirmed address or mobile',
} as const satisfies Record<ActiveBecause, string>

const findEligiblePerson = async (
  application: Application,
  { cells }: CsvRecord,
): Promise<Result<{ person: Person }, string>> => {
  const [kindCell = '', number = ''] = cells
  const kind = numberKinds.find(one => one === kindCell)
  if (!kind) return refusedLine(`the first column must be one of ${numberKinds.join(', ')}`)
  const found = await application.directory.find(kind, foldNumber(kind, number))
  if (!found.ok) return refusedLine('the directory does not answer')
  const [person, other] = found.people
  if (!person) return refusedLine('nobody has that number')
  if (other) return refusedLine('two people have that number')
  if (person.closed || person.privileged)
    return refusedLine('this account is not activated here: closed, or privileged')
  if (await application.freezes.find(person.id))
    return refusedLine('this account is frozen, or its recovery is closed: sesame unfreeze')
  const { because } = await application.activationCodes.activity(person.id)
  if (because) return refusedLine(`this account is active already: ${activeReasons[because]}`)
  if (isAsked(await application.secondFactor.of(person.id)))
    return refusedLine('it has a second factor, which an activation does not ask for: sesame factors clear')
  return ok({ person })
}

const makeFor = async (
  application: Application,
  line: CsvRecord,
  options: CodeOptions,
): Promise<LineResult> => {
  const found = await findEligiblePerson(application, line)
  if (!found.ok) return found
  const { person } = found
  const to = parseMail(line.cells[2] ?? '')
  if (options.mail && !to.ok) return refusedLine('the third column must be the address of the enrolment')
  const byMail = options.mail && !options.letters
  const life = byMail ? application.limits.activationByMail : application.limits.activationByLetter
  const now = application.clock.now()
  const until = now + life
  const code = await application.store.transaction(async tx => {
    const made = await application.activationCodes.make(tx, person.id, life)
    await application.audit.append(tx, {
      chain: person.id,
      kind: 'activation.codes-made',
      by: operator(options.by),
      details: { reason: options.reason, mail: options.mail === true },
    })
    if (options.mail && to.ok)
      await application.mails.write(tx, {
        kind: 'activation-code',
        to: to.to,
        language: 'fr',
        facts: {
          person: person.id,
          name: person.displayName,
          login: '',
          events: [{ at: now, event: 'activation', code: made, until }],
        },
      })
    return made
  })
  const [kind = '', number = ''] = line.cells
  return ok({ made: { kind, number, name: person.displayName, code, until } })
}

const csvOf = (all: readonly MadeCode[]) =>
  writeCsv([
    ['kind', 'number', 'name', 'code', 'until'],
    ...all.map(({ kind, number, name, code, until }) => [
      kind,
      number,
      name,
      code,
      new Date(until).toISOString(),
    ]),
  ])

/** A file of codes gives access to accounts: only its owner can read it, and it overwrites no file. */
const writePrivateFile = (file: string, content: string | Uint8Array) =>
  writeFileSync(file, content, { flag: 'wx', mode: 0o600 })

const outputCodes = async (
  application: Application,
  all: readonly MadeCode[],
  { mail, letters, output }: CodeOptions,
) => {
  const { branding } = application.config
  const { origin, pathname } = application.settings.publicUrl
  const base = pathname.replace(/\/$/, '')
  const address = (route: 'activation' | 'activationCode') => `${origin}${hrefIn('fr', base)(route)}`
  const addresses = { address: address('activation'), codeAddress: address('activationCode') }
  // An empty file would only block the next run, which never overwrites a file.
  const hasCodes = all.length > 0
  if (letters && hasCodes)
    writePrivateFile(letters, await createActivationPdf(all, { branding, ...addresses }))
  if (output && hasCodes) writePrivateFile(output, csvOf(all))
  if (!letters && !output && !mail) process.stdout.write(csvOf(all))
  else print(`${all.length} code(s) made.${mail ? ' The portal sends them.' : ''}`)
}

/** Makes activation codes, one for each line; a refused line is reported by its line number. */
export const activationCodes = (file: string, options: CodeOptions) =>
  withApplication(async application => {
    const made: MadeCode[] = []
    for (const line of readTable(file)) {
      if (line.line === 1 && line.cells[0] === 'kind') continue
      const result = await makeFor(application, line, options)
      if (result.ok) made.push(result.made)
      else fail(`line ${line.line}: ${result.reason}`)
    }
    await outputCodes(application, made, options)
  })
