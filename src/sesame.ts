import { Command } from 'commander'
import { verifyAudit } from './audit/verify.ts'
import { checkPortal } from './check.ts'
import { readEnvironment } from './config/environment.ts'
import { explain } from './config/explain.ts'
import { loadSettings, type Settings } from './config/load.ts'
import type { House } from './house.ts'
import { buildFromHibp } from './password/leaked/build.ts'
import { openHouseFor } from './portal.ts'

/** The commands of the operator: the same house as the portal, without its pages. */
const print = (line: string) => process.stdout.write(`${line}\n`)

const fail = (line: string) => {
  process.stderr.write(`${line}\n`)
  process.exitCode = 1
}

const withSettings = async (work: (settings: Settings) => Promise<void>) => {
  const loaded = loadSettings(readEnvironment())
  if (loaded.ok) return work(loaded.settings)
  fail(`${loaded.file} has ${loaded.problems.length} problem(s):`)
  for (const { path, sentence } of loaded.problems) fail(`  ${path}: ${sentence}`)
}

const withHouse = (work: (house: House) => Promise<void>) =>
  withSettings(async settings => {
    const house = await openHouseFor(settings)
    try {
      await work(house)
    } finally {
      await house.close()
    }
  })

const personOf = async (house: House, login: string) => {
  const found = await house.directory.findLogin(login)
  if (!found.ok) fail('The directory does not answer.')
  else if (!found.person) fail(`No single person has the login ${login}.`)
  else return found.person
  return null
}

type Reasoned = { readonly by: string; readonly reason: string }

const freeze = (login: string, { by, reason }: Reasoned) =>
  withHouse(async house => {
    const person = await personOf(house, login)
    if (!person) return
    const written = await house.notMe.freezeByDesk(person.id, by, reason)
    if (written?.ok) print(`${login} is frozen: a password that nobody knows is in the directory.`)
    else
      fail(
        `${login} is frozen in Sésame; the directory has not taken the new password yet. The portal goes on trying.`,
      )
  })

const unfreeze = (login: string, { by, reason }: Reasoned) =>
  withHouse(async house => {
    const person = await personOf(house, login)
    if (!person) return
    if (await house.notMe.unfreezeByDesk(person.id, by, reason))
      print(`${login} may use Sésame again. Its password is still unknown: recovery gives a new one.`)
    else fail(`${login} was not frozen.`)
  })

const verify = () =>
  withHouse(async house => {
    const { chains, events, broken } = await verifyAudit(house.store, house.keys.of('audit'))
    for (const { chain, sequence, why } of broken) fail(`chain ${chain}, event ${sequence}: ${why}`)
    print(`${chains} chains, ${events} events, ${broken.length} broken`)
  })

const check = () =>
  withSettings(async settings => {
    for (const { level, what, detail } of await checkPortal(settings)) {
      const line = `${level.padEnd(7)} ${what}: ${detail}`
      if (level === 'wrong') fail(line)
      else print(line)
    }
  })

const buildLeaked = async (file: string, { output, rate }: { output: string; rate: string }) => {
  const holds = await buildFromHibp(file, output, Number(rate))
  print(
    `${output} holds ${holds} digests; it refuses a password wrongly ${rate} of the time. Name it in leakedFilter.`,
  )
}

export const run = async (argv: readonly string[]) => {
  const program = new Command('sesame').description(
    'Sésame, the self-service portal of a university’s identities',
  )
  const reasoned = (command: Command) =>
    command
      .requiredOption('--by <name>', 'who decides')
      .requiredOption('--reason <words>', 'why; kept in the audit log')
  program.command('check').description('try each connection and say what is wrong').action(check)
  program
    .command('explain')
    .description('print what is in force, and where it comes from')
    .action(() =>
      withSettings(async settings => {
        print(explain(settings))
      }),
    )
  const audit = program.command('audit').description('the log of what was done')
  audit
    .command('verify')
    .description('verify every chain, and name the first broken link of each')
    .action(verify)
  reasoned(program.command('freeze <login>').description('freeze an account')).action(freeze)
  reasoned(program.command('unfreeze <login>').description('end a freeze')).action(unfreeze)
  const leaked = program.command('leaked').description('lists of leaked passwords')
  leaked
    .command('build <file>')
    .description('make a filter from lines of SHA1:count (Have I Been Pwned)')
    .option('--output <file>', 'where to write it', 'leaked.filter')
    .option('--rate <number>', 'false-positive rate', '0.001')
    .action(buildLeaked)
  await program.parseAsync([...argv])
}
