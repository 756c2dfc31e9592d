import { Command } from 'commander'
import { checkPortal, checkStart, exitStatus } from './check.ts'
import { activationCodes } from './commands/activation-codes.ts'
import { auditVerify } from './commands/audit-verify.ts'
import { backup, restore } from './commands/backup.ts'
import { fail, failWith, print, withSettings } from './commands/command-context.ts'
import { printDataFlows } from './commands/data-flows.ts'
import { erase } from './commands/erase.ts'
import { explainSettings } from './commands/explain.ts'
import {
  clearFactors,
  clearJoker,
  endJourneys,
  freeze,
  issueRecoveryCode,
  showPerson,
  unfreeze,
} from './commands/helpdesk.ts'
import { importJokers } from './commands/import-jokers.ts'
import { importPeople } from './commands/import-people.ts'
import { rotateKey } from './commands/key.ts'
import { addProbe } from './commands/probe.ts'
import { printTexts } from './commands/texts.ts'
import { faultAt } from './file-fault.ts'
import type { Justification } from './helpdesk/justification.ts'
import { main } from './main.ts'
import { buildFromHibp } from './password/leaked/build.ts'
import { ownLanguage } from './texts/locales.ts'

/** The commands for the operator. */
const check = ({ start }: { start?: true }) =>
  withSettings(async settings => {
    const as = { uid: process.getuid?.() }
    const findings = await (start ? checkStart(settings, as) : checkPortal(settings, as))
    for (const { level, what, detail } of findings) {
      const line = `${level.padEnd(7)} ${what}: ${detail}`
      if (level === 'wrong') fail(line)
      else print(line)
    }
    process.exitCode = exitStatus(findings)
  })

const buildLeaked = async (file: string, { output, rate }: { output: string; rate: string }) => {
  const entries = await buildFromHibp(file, output, Number(rate))
  print(
    `${output} holds ${entries} digests; it refuses a password wrongly ${rate} of the time. Name it in leakedFilter.`,
  )
}

/** Every command about a person requires who decides and why. */
const aboutPerson = <Options extends Justification>(
  parent: Command,
  name: string,
  description: string,
  act: (login: string, options: Options) => Promise<void>,
) =>
  parent
    .command(`${name} <login>`)
    .description(description)
    .requiredOption('--by <name>', 'who decides')
    .requiredOption('--reason <words>', 'why; kept in the audit log')
    .action(act)

const deskCommands = (program: Command) => {
  aboutPerson(program, 'person', 'why an account does not work, and what was done to it', showPerson)
  aboutPerson(program, 'freeze', 'freeze an account', freeze)
  aboutPerson(program, 'unfreeze', 'end a freeze', unfreeze)
    .option('--keep', 'what was put in place lately is its owner’s')
    .option('--clear', 'take away what was put in place lately: joker, factors, addresses')
  const factors = program.command('factors').description('passkeys, authenticator app and printed codes')
  aboutPerson(factors, 'clear', 'take them all away from somebody who lost them', clearFactors)
  const recovery = program.command('recovery').description('codes for people who lost every proof')
  aboutPerson(recovery, 'code', 'hand over a code to somebody whom you identified', issueRecoveryCode)
  const joker = program.command('joker').description('the joker question')
  aboutPerson(joker, 'clear', 'forget the question, its answer and its wrong tries', clearJoker)
  const journeys = program.command('journeys').description('what people have begun')
  aboutPerson(journeys, 'end', 'end the journeys of a person', endJourneys)
  aboutPerson(program, 'erase', 'erase all that Sésame holds of a person', erase).option(
    '--id',
    'the name is the stable id of the entry, for somebody who has no login any more',
  )
}

const firstDayCommands = (program: Command) => {
  program
    .command('activation-codes <file>')
    .description(
      'make activation codes from lines of kind,number[,mail[,language]] (- is the standard input)',
    )
    .requiredOption('--by <name>', 'who decides')
    .requiredOption('--reason <words>', 'why; kept in the audit log')
    .option('--mail', 'send each code to the address of its line')
    .option('--letters <file>', 'write a PDF with a letter for each')
    .option('--language <language>', 'of the letters and mails whose line names none', ownLanguage)
    .option('--output <file>', 'write the codes to a CSV file instead of the standard output')
    .action((file, options) => activationCodes(file, options))
  const imports = program.command('import').description('bring what another system holds')
  imports
    .command('people <file>')
    .description(
      'import how people identify themselves: a first line of id, birth-date and kinds of number, then a line for each (- is the standard input)',
    )
    .requiredOption('--by <name>', 'who decides')
    .requiredOption('--reason <words>', 'why; kept in the audit log')
    .option('--remove-missing', 'forget the numbers and dates of those who are not in the file')
    .option('--remove-at-most <percent>', 'of all who were imported; beyond it nobody is removed', '10')
    .action((file, options) => importPeople(file, options))
  imports
    .command('jokers <file>')
    .description('set jokers from lines of login,question,answer in clear (- is the standard input)')
    .requiredOption('--by <name>', 'who decides')
    .requiredOption('--reason <words>', 'why; kept in the audit log')
    .action(importJokers)
}

const checkingCommands = (program: Command) => {
  const audit = program.command('audit').description('the log of what was done')
  audit
    .command('verify')
    .description('verify every chain, and name the first broken link of each')
    .option(
      '--head <sequence:link>',
      'a head that was kept outside: finds an older store, or a newest event removed',
    )
    .option(
      '--heads <file>',
      'the same, for every head in lines of the portal’s log (- is the standard input)',
    )
    .action(auditVerify)
  const leaked = program.command('leaked').description('lists of leaked passwords')
  leaked
    .command('build <file>')
    .description('make a filter from lines of SHA1:count (Have I Been Pwned)')
    .option('--output <file>', 'where to write it', 'leaked.filter')
    .option('--rate <number>', 'false-positive rate', '0.001')
    .action(buildLeaked)
}

/** As of a program that the signal SIGPIPE ends. */
const endedByReader = 141

/**
 * The reader of the output may stop reading, as `head` does, and a disk may be full: the command ends without a stack trace. What must
 * know which line was written (`activation-codes`) listens itself.
 */
const watchOutput = () => {
  process.stderr.on('error', () => process.exit(1))
  process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
    if (fault.code === 'EPIPE') process.exit(endedByReader)
    failWith(faultAt('The standard output', fault))
    process.exit()
  })
}

export const run = async (argv: readonly string[]) => {
  watchOutput()
  const program = new Command('sesame').description(
    'Sésame, the self-service portal of a university’s identities',
  )
  program.command('serve').description('run the portal: it stays in the foreground').action(main)
  program
    .command('check')
    .description('try each connection and say what is wrong')
    .option('--start', 'only what would keep the portal from starting: not the directory, services or mail')
    .action(check)
  program
    .command('explain')
    .description('print what is in force, where it comes from, and how many people can recover')
    .action(explainSettings)
  program
    .command('data-flows')
    .description(
      'print the drawing of the data flows for the dossier (docs/dossier), from what is configured',
    )
    .option('--tables', 'its tables instead, as Markdown')
    .action(printDataFlows)
  addProbe(program)
  program
    .command('texts <language>')
    .description('print every sentence of the product, to be reworded in the folder of `overrides`')
    .option('--with <words>', 'only those whose key or sentence contains these words')
    .action(printTexts)
  deskCommands(program)
  firstDayCommands(program)
  program
    .command('backup <file>')
    .description('copy the store, consistently, while the portal runs')
    .action(backup)
  program.command('restore <file>').description('fill an empty store from a backup').action(restore)
  program
    .command('key')
    .description('the root key')
    .command('rotate')
    .description('replace it by the one of newRootKeyFile, while the portal runs; repeated, it goes on')
    .action(rotateKey)
  checkingCommands(program)
  await program.parseAsync([...argv]).catch(fault => {
    failWith(fault)
    // Workers and connections that were opened before the fault would keep the process alive.
    process.exit()
  })
}
