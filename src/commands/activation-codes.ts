import { writeFileSync } from 'node:fs'
import type { Application } from '../application.ts'
import { readTable, writeCsv } from '../csv.ts'
import { type IssuedCode, issueActivationCode } from '../helpdesk/activation-codes.ts'
import { createActivationPdf } from '../helpdesk/activation-letters.ts'
import type { Justification } from '../helpdesk/justification.ts'
import { hrefIn } from '../routes.ts'
import { ownLanguage } from '../texts/locales.ts'
import { fail, print, withApplication } from './command-context.ts'

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

/** A file of codes gives access to accounts: only its owner can read it, and it overwrites no file. */
const writePrivateFile = (file: string, content: string | Uint8Array) =>
  writeFileSync(file, content, { flag: 'wx', mode: 0o600 })

const outputCodes = async (
  { config, settings }: Application,
  all: readonly IssuedCode[],
  { mail, letters, output }: CodeOptions,
) => {
  const { origin, pathname } = settings.publicUrl
  const href = hrefIn(ownLanguage, pathname.replace(/\/$/, ''))
  const [address, codeAddress] = [href('activation'), href('activationCode')].map(path => `${origin}${path}`)
  // An empty file would only block the next run, which never overwrites a file.
  const hasCodes = all.length > 0
  if (letters && hasCodes && address && codeAddress)
    writePrivateFile(
      letters,
      await createActivationPdf(all, { branding: config.branding, address, codeAddress }),
    )
  if (output && hasCodes) writePrivateFile(output, csvOf(all))
  if (!letters && !output && !mail) process.stdout.write(csvOf(all))
  else print(`${all.length} code(s) made.${mail ? ' The portal sends them.' : ''}`)
}

/** Makes activation codes, one for each line; a refused line is reported by its line number. */
export const activationCodes = (file: string, options: CodeOptions) =>
  withApplication(async application => {
    const { store, clock, limits, audit, directory, notify, proofs, accounts } = application
    const deps = {
      ...{ store, clock, limits, audit, directory },
      mails: notify.mails,
      freezes: accounts.freezes,
      activationCodes: proofs.activationCodes,
      secondFactor: proofs.secondFactor,
    }
    const table = readTable(file)
    if (!table.ok) return fail(`${file}: ${table.reason}`)
    const made: IssuedCode[] = []
    for (const { line, cells } of table.records) {
      const [kind = '', number = '', mail = ''] = cells
      if (line === 1 && kind === 'kind') continue
      const result = await issueActivationCode(
        deps,
        { kind, number, mail },
        {
          by: options.by,
          reason: options.reason,
          byMail: options.mail === true,
          byLetter: Boolean(options.letters),
        },
      )
      if (result.ok) made.push(result.issued)
      else fail(`line ${line}: ${result.reason}`)
    }
    await outputCodes(application, made, options)
  })
