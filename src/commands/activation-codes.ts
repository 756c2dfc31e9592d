import { join, resolve } from 'node:path'
import type { Application } from '../application.ts'
import { type CsvRecord, readTable, writeCsv } from '../csv.ts'
import type { PersonId } from '../directory/directory.ts'
import { faultAt } from '../file-fault.ts'
import { type CodeIssuingDeps, type IssuedCode, issueActivationCode } from '../helpdesk/activation-codes.ts'
import { createActivationPdf, letterRefusal, unprintableSettings } from '../helpdesk/activation-letters.ts'
import type { Justification } from '../helpdesk/justification.ts'
import { type LetterFont, openLetterFont } from '../helpdesk/letter-font.ts'
import { smtpUtf8Of } from '../notify/smtp.ts'
import { letterFontFile } from '../portal.ts'
import { createDestinationReader } from '../proofs/sent-code/read-destination.ts'
import type { KeyRing } from '../root-keys/key-ring.ts'
import { hrefIn } from '../routes.ts'
import { isLanguage, type Language, languages } from '../texts/texts.ts'
import { openCodeJournal } from './code-journal.ts'
import { fail, failWith, print, withApplication } from './command-context.ts'
import { takeRunLock } from './run-lock.ts'
import { writeWholeFile } from './whole-file.ts'

type CodeOptions = Justification & {
  readonly mail?: true
  readonly letters?: string
  readonly output?: string
  readonly language: string
}

const columns = ['kind', 'number', 'name', 'code', 'until', 'language']
const rowOf = ({ kind, number, name, code, until, language }: IssuedCode) => [
  kind,
  number,
  name,
  code,
  new Date(until).toISOString(),
  language,
]

type Letters = { readonly file: string; readonly font: LetterFont }

const pdfOf = ({ config, settings, sayIn }: Application, all: readonly IssuedCode[], font: LetterFont) => {
  const { origin, pathname } = settings.publicUrl
  const addressesIn = (language: Language) => {
    const href = hrefIn(language, pathname.replace(/\/$/, ''))
    return { address: `${origin}${href('activation')}`, codeAddress: `${origin}${href('activationCode')}` }
  }
  return createActivationPdf(all, { font, branding: config.branding, sayIn, addressesIn })
}

type OpenCodeJournal = ReturnType<typeof openCodeJournal>
type Failpoints = CodeIssuingDeps['failpoints']

type WritingOptions = {
  readonly output?: string
  readonly letters: Letters | null
  readonly failpoints: Failpoints
  readonly recordFile: OpenCodeJournal['recordFile']
}

/** Files of codes give access to accounts: their owner alone can read them. None is written without a code. */
const writeFiles = async (
  application: Application,
  all: readonly IssuedCode[],
  { output, letters, failpoints, recordFile }: WritingOptions,
) => {
  const write = (file: string, content: string | Uint8Array) => {
    writeWholeFile(file, content, () => {
      failpoints('drafted')
      return recordFile(file, content)
    })
    failpoints('written')
  }
  if (all.length === 0) return
  if (letters) write(letters.file, await pdfOf(application, all, letters.font))
  if (output) write(output, writeCsv([columns, ...all.map(rowOf)]))
}

/** What would keep the codes from being written, before any is made. */
const outputProblem = ({ config, sayIn }: Application, letters: Letters | null, kept: OpenCodeJournal) => {
  if (kept.otherFiles)
    return `${kept.file} is of an interrupted run that writes ${kept.otherFiles.join(' and ')}: repeat it with these files, or give another name. No code was made.`
  const existing = kept.foreignFile()
  if (existing)
    return `${existing} exists already, and is not overwritten: give another name. No code was made.`
  const unprintable = letters && unprintableSettings({ font: letters.font, branding: config.branding, sayIn })
  return unprintable ? `${unprintable}. No code was made.` : null
}

const depsOf = (
  application: Application,
  letters: Letters | null,
): Omit<CodeIssuingDeps, 'journal' | 'failpoints' | 'earlierLine'> => {
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

type IssuingDeps = Omit<CodeIssuingDeps, 'earlierLine'> & { readonly ring: Pick<KeyRing, 'look'> }

/**
 * Makes the codes, one for each line; a line without one is reported by its number. A fault, or an outage of the directory, ends the work
 * at its line. Each code is passed to `give` once it is made.
 */
const issueCodes = async (
  deps: IssuingDeps,
  records: readonly CsvRecord[],
  how: Parameters<typeof issueActivationCode>[2],
  give: (issued: IssuedCode) => Promise<void>,
) => {
  const lines = new Map<PersonId, number>()
  const earlierLine = (person: PersonId) => lines.get(person) ?? null
  for (const { line, cells } of records) {
    const [kind = '', number = '', mail = '', language = ''] = cells
    try {
      // Nothing of this line is sealed yet: a root key that is replaced meanwhile is met here, not in the middle of its write.
      await deps.ring.look()
      const result = await issueActivationCode(
        { ...deps, earlierLine },
        { kind, number, mail, language },
        how,
      )
      if (result.ok) {
        lines.set(result.person, line)
        await give(result.issued)
      } else fail(`line ${line}: ${result.reason}`)
      if (!result.ok && result.isOutage) return { stoppedAt: line }
    } catch (fault) {
      failWith(fault)
      return { stoppedAt: line }
    }
  }
  return { stoppedAt: null }
}

const unkept: CodeIssuingDeps['journal'] = { find: () => null, keep: () => {} }

/** Waits until the line is written: one that is not was never given, and its code is made anew. */
const writeOut = (row: readonly string[]) =>
  new Promise<void>((written, failed) => {
    process.stdout.write(writeCsv([row]), fault =>
      fault ? failed(faultAt('The standard output', fault)) : written(),
    )
  })

type Run = {
  readonly application: Application
  readonly records: readonly CsvRecord[]
  readonly options: CodeOptions
  readonly letters: Letters | null
  readonly failpoints: Failpoints
  readonly language: Language
}

const howOf = ({ options: { by, reason, mail }, letters, language }: Run) => ({
  by,
  reason,
  byMail: mail === true,
  byLetter: letters !== null,
  language,
})

const printMade = (made: number, mail: boolean) =>
  print(`${made} code(s) made.${mail ? ' The portal sends them.' : ''}`)

/** To the standard output, each line once its code is made; or by mail alone. */
const giveAtOnce = async (run: Run) => {
  const { application, records, options, failpoints } = run
  const deps = { ...depsOf(application, null), journal: unkept, failpoints, ring: application.crypto.ring }
  let given = 0
  // The fault is that of a write, which rejects: the run says from which line to repeat, and gives its lock back.
  process.stdout.removeAllListeners('error').on('error', () => {})
  if (!options.mail) await writeOut(columns)
  const { stoppedAt } = await issueCodes(deps, records, howOf(run), async issued => {
    if (!options.mail) await writeOut(rowOf(issued))
    given += 1
  })
  if (options.mail) printMade(given, true)
  if (stoppedAt !== null)
    fail(
      `Stopped at line ${stoppedAt}. The ${given} code(s) of the lines before it are made and given: repeat the command with the lines from ${stoppedAt} on.`,
    )
}

/** To files, once every code is made. Until they are complete, the codes are in the journal beside them. */
const giveInFiles = async (run: Run, kept: OpenCodeJournal) => {
  const { application, records, options, letters, failpoints } = run
  const { recordFile } = kept
  const foreign = kept.foreignTo(records.map(({ cells: [kind = '', number = ''] }) => ({ kind, number })))
  if (foreign > 0)
    return fail(
      `${kept.file} holds ${foreign} code(s) for people who are not in this list: an earlier run was interrupted. Repeat it with its own list, or give another name. No code was made.`,
    )
  const problem = outputProblem(application, letters, kept)
  if (problem) return fail(problem)
  const deps = {
    ...depsOf(application, letters),
    journal: kept.journal,
    failpoints,
    ring: application.crypto.ring,
  }
  const made: IssuedCode[] = []
  const { stoppedAt } = await issueCodes(deps, records, howOf(run), async issued => void made.push(issued))
  try {
    if (stoppedAt !== null)
      return fail(
        `Stopped at line ${stoppedAt}. No file is written yet; the ${made.length} code(s) of the lines before it are in ${kept.file}. Repeat the same command: it goes on, and gives these codes.`,
      )
    await writeFiles(application, made, { ...options, letters, failpoints, recordFile })
  } catch (fault) {
    failWith(fault)
    return fail(
      `The ${made.length} code(s) are made, and are in ${kept.file}. Repeat the same command: it gives these codes.`,
    )
  } finally {
    kept.close()
  }
  kept.remove()
  printMade(made.length, options.mail === true)
}

/**
 * One run at a time, whatever its list and files are called: two would make the codes of the same people twice, and each void those of
 * the other.
 */
const giveAlone = async (run: Run, output: string | undefined) => {
  const { settings } = run.application
  const file = join(settings.data, 'activation-codes.lock')
  const lock = takeRunLock(file)
  if (!lock.ok)
    return fail(
      `Another run of « sesame activation-codes » is in progress (${file}: ${lock.heldBy}): wait until it has ended. If its host is gone for good, remove that file. No code was made.`,
    )
  try {
    await (output === undefined ? giveAtOnce(run) : giveInFilesAlone(run, output))
  } finally {
    lock.release()
  }
}

/** One run at a time for each journal, also of hosts that share its folder. */
const giveInFilesAlone = async (run: Run, output: string) => {
  const { letters, options } = run
  const files = [letters?.file, options.output].filter(file => file !== undefined)
  if (new Set(files.map(file => resolve(file))).size < files.length)
    return fail('--letters and --output name the same file. No code was made.')
  const journal = `${output}.part`
  const lock = takeRunLock(`${journal}.lock`)
  if (!lock.ok)
    return fail(
      `${journal} is in use by another run of « sesame activation-codes » (${lock.heldBy}): wait until it has ended. If its host is gone for good, remove ${journal}.lock. No code was made.`,
    )
  try {
    await giveInFiles(run, openCodeJournal(journal, files, lock.isHeld))
  } finally {
    lock.release()
  }
}

/** Makes activation codes, one for each line; a refused line is reported by its line number. `failpoints`: where a test kills it. */
export const activationCodes = (file: string, options: CodeOptions, failpoints: Failpoints = () => {}) =>
  withApplication(async application => {
    const { language } = options
    if (!isLanguage(language)) return fail(`--language must be one of ${languages.join(', ')}.`)
    const table = readTable(file)
    if (!table.ok) return fail(`${file}: ${table.reason}`)
    const records = table.records.filter(({ line, cells }) => !(line === 1 && cells[0] === 'kind'))
    const letters = options.letters ? { file: options.letters, font: openLetterFont(letterFontFile()) } : null
    const run = { application, records, options, letters, failpoints, language }
    await giveAlone(run, options.output ?? options.letters)
  })
