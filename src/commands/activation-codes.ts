import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeFileSync } from 'node:fs'
import type { Application } from '../application.ts'
import { type CsvRecord, readTable, writeCsv } from '../csv.ts'
import { type CodeIssuingDeps, type IssuedCode, issueActivationCode } from '../helpdesk/activation-codes.ts'
import { createActivationPdf, letterRefusal, unprintableSettings } from '../helpdesk/activation-letters.ts'
import type { Justification } from '../helpdesk/justification.ts'
import { type LetterFont, openLetterFont } from '../helpdesk/letter-font.ts'
import { smtpUtf8Of } from '../notify/smtp.ts'
import { letterFontFile } from '../portal.ts'
import { createDestinationReader } from '../proofs/code/read-destination.ts'
import type { KeyRing } from '../root-keys/key-ring.ts'
import { hrefIn } from '../routes.ts'
import { ownLanguage } from '../texts/locales.ts'
import { fail, failWith, print, withApplication } from './command-context.ts'

type CodeOptions = Justification & {
  readonly mail?: true
  readonly letters?: string
  readonly output?: string
}

const csvOf = (all: readonly IssuedCode[]) =>
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

/**
 * A file of codes gives access to accounts: only its owner can read it, and it overwrites no file. One that could not be written
 * whole is removed.
 */
const writePrivateFile = (file: string, content: string | Uint8Array) => {
  const descriptor = openSync(file, 'wx', 0o600)
  try {
    writeFileSync(descriptor, content)
    fsyncSync(descriptor)
  } catch (fault) {
    rmSync(file, { force: true })
    throw fault
  } finally {
    closeSync(descriptor)
  }
}

type Letters = { readonly file: string; readonly font: LetterFont }

const outputCodes = async (
  { config, settings }: Application,
  all: readonly IssuedCode[],
  { mail, output, letters }: Omit<CodeOptions, 'letters'> & { readonly letters: Letters | null },
) => {
  const { origin, pathname } = settings.publicUrl
  const href = hrefIn(ownLanguage, pathname.replace(/\/$/, ''))
  const [address, codeAddress] = [href('activation'), href('activationCode')].map(path => `${origin}${path}`)
  // An empty file would only block the next run, which never overwrites a file.
  const hasCodes = all.length > 0
  if (letters && hasCodes && address && codeAddress)
    writePrivateFile(
      letters.file,
      await createActivationPdf(all, {
        font: letters.font,
        branding: config.branding,
        address,
        codeAddress,
      }),
    )
  if (output && hasCodes) writePrivateFile(output, csvOf(all))
  if (!letters && !output && !mail) process.stdout.write(csvOf(all))
  else print(`${all.length} code(s) made.${mail ? ' The portal sends them.' : ''}`)
}

/** What would keep the codes from being written, before any is made. */
const outputProblem = ({ config }: Application, { output }: CodeOptions, letters: Letters | null) => {
  const existing = [output, letters?.file].find(file => file !== undefined && existsSync(file))
  if (existing)
    return `${existing} exists already, and is not overwritten: give another name. No code was made.`
  const unprintable = letters && unprintableSettings(letters.font, config.branding)
  return unprintable ? `${unprintable}. No code was made.` : null
}

const depsOf = (application: Application, letters: Letters | null): CodeIssuingDeps => {
  const { store, clock, limits, audit, directory, notify, proofs, accounts, config } = application
  const { mail } = config
  return {
    ...{ store, clock, limits, audit, directory },
    mails: notify.mails,
    freezes: accounts.freezes,
    activationCodes: proofs.activationCodes,
    secondFactor: proofs.secondFactor,
    readDestination: createDestinationReader({
      countries: [],
      smtpUtf8: mail.kind === 'smtp' ? smtpUtf8Of(mail) : async () => true,
    }),
    letterRefusal: name => (letters ? letterRefusal(letters.font, name) : null),
  }
}

type IssuingDeps = CodeIssuingDeps & { readonly ring: Pick<KeyRing, 'look'> }

/**
 * The codes of the lines for which one was made; the others are reported by their numbers. A fault ends the work at its line: the
 * codes before it are given all the same, because each has replaced the one that its owner had.
 */
const issueCodes = async (
  deps: IssuingDeps,
  records: readonly CsvRecord[],
  how: Parameters<typeof issueActivationCode>[2],
) => {
  const made: IssuedCode[] = []
  for (const { line, cells } of records) {
    const [kind = '', number = '', mail = ''] = cells
    if (line === 1 && kind === 'kind') continue
    try {
      // Nothing of this line is sealed yet: a root key that is replaced meanwhile is met here, not in the middle of its write.
      await deps.ring.look()
      const result = await issueActivationCode(deps, { kind, number, mail }, how)
      if (result.ok) made.push(result.issued)
      else fail(`line ${line}: ${result.reason}`)
    } catch (fault) {
      return { made, stopped: { line, fault } }
    }
  }
  return { made, stopped: null }
}

/** Makes activation codes, one for each line; a refused line is reported by its line number. */
export const activationCodes = (file: string, options: CodeOptions) =>
  withApplication(async application => {
    const letters = options.letters ? { file: options.letters, font: openLetterFont(letterFontFile()) } : null
    const problem = outputProblem(application, options, letters)
    if (problem) return fail(problem)
    const table = readTable(file)
    if (!table.ok) return fail(`${file}: ${table.reason}`)
    const { by, reason, mail } = options
    const how = { by, reason, byMail: mail === true, byLetter: letters !== null }
    const deps = { ...depsOf(application, letters), ring: application.crypto.ring }
    const { made, stopped } = await issueCodes(deps, table.records, how)
    await outputCodes(application, made, { ...options, letters })
    if (!stopped) return
    failWith(stopped.fault)
    fail(
      `Stopped at line ${stopped.line}. The ${made.length} code(s) of the lines before it are made and given: repeat the command with the lines from ${stopped.line} on.`,
    )
  })
