import { globSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize, relative } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'
import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../src/limits/limits.ts'
import { cookieLifetimes } from '../src/statements/retention-periods.ts'
import type { Schema } from '../src/store/schema.ts'
import { problemKinds } from './world/problem-kinds.ts'
import { root } from './world/root.ts'

const source = join(root, 'src')
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  name => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name),
)
const textOf = (file: string) => readFileSync(join(source, file), 'utf8')

type Import = { from: string; to: string }
const imports: Import[] = files.flatMap(file =>
  [...textOf(file).matchAll(/(?:from |import\()'(\.[^']+)'/g)].map(([, path]) => ({
    from: file,
    to: normalize(relative(source, join(source, dirname(file), path ?? ''))),
  })),
)
const folderOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? '') : '')

/** Imports go one way: a folder may use the folders of lower layers, and the files at the top of `src/`. */
const layers: readonly (readonly string[])[] = [
  ['commands'],
  ['dossier'],
  ['demonstration', 'browser', 'account', 'journeys', 'helpdesk', 'help', 'statements'],
  ['config', 'metrics'],
  ['identity'],
  ['services'],
  ['proofs', 'password'],
  ['notify', 'syslog'],
  ['identity-server'],
  ['directory', 'audit', 'cas'],
  ['hashing'],
  ['web'],
  ['ui'],
  ['limits', 'http-client', 'jobs', 'host-keys', 'root-keys'],
  ['crypto', 'store', 'texts'],
]
const layerOf = (folder: string) => layers.findIndex(folders => folders.includes(folder))

/** Composition modules: they may import everything, and only entry points may import them. */
const composers = [
  'main.ts',
  'portal.ts',
  'application.ts',
  'foundations.ts',
  'router.ts',
  'account.routes.ts',
  'journeys.routes.ts',
  'journey-steps.ts',
  'sign-in.routes.ts',
  'sesame.ts',
  'purge.ts',
  'create-directory.ts',
  'create-gate.ts',
  'start-jobs.ts',
  'operator-listener.ts',
  'create-services.ts',
  'create-identity-server.ts',
  'check.ts',
  'reference.ts',
]

describe('the architecture', () => {
  it('has every folder on a layer', () => {
    const folders = [...new Set(files.map(folderOf))].filter(Boolean)
    expect(folders.filter(folder => layerOf(folder) < 0)).toEqual([])
  })

  it('imports downwards only, types too, and never from a folder beside', () => {
    const upwards = imports.filter(({ from, to }) => {
      const [a, b] = [folderOf(from), folderOf(to)]
      return a && b && a !== b && layerOf(b) <= layerOf(a)
    })
    expect(upwards).toEqual([])
  })

  it('has no circle of imports between files, types included', () => {
    const targets = new Map<string, string[]>()
    for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to])
    const reaches = (from: string, goal: string) => {
      const seen = new Set<string>()
      const open = [...(targets.get(from) ?? [])]
      for (let file = open.pop(); file !== undefined; file = open.pop()) {
        if (file === goal) return true
        if (!seen.has(file)) open.push(...(targets.get(file) ?? []))
        seen.add(file)
      }
      return false
    }
    expect(files.filter(file => reaches(file, file))).toEqual([])
  })

  it('is composed at the top: no folder but the commands knows a composer', () => {
    const known = imports.filter(
      ({ from, to }) => folderOf(from) && folderOf(from) !== 'commands' && composers.includes(to),
    )
    expect(known).toEqual([])
  })

  it('lets only composers name an adapter: of the directory, a service, the identity server or the store', () => {
    const ports: Readonly<Record<string, RegExp>> = {
      directory: /^directory\/(ldap|active-directory|embedded)\//,
      services: /^services\/(samba|eap|cas-login|webhook|directory-account)\//,
      'identity-server': /^identity-server\/(?!(identity-server|problem)\.ts$)/,
      store: /^store\/(sqlite|postgres)\.ts$/,
    }
    // The demonstration has the embedded directory; the retention of its tables is declared where they are written.
    const allowed = (from: string) =>
      composers.includes(from) || folderOf(from) === 'demonstration' || from === 'retention.ts'
    const named = imports.filter(
      ({ from, to }) =>
        ports[folderOf(to)]?.test(to) &&
        !to.endsWith('settings.ts') &&
        folderOf(from) !== folderOf(to) &&
        !allowed(from),
    )
    expect(named).toEqual([])
    // By its kind either: what a session or a sign-in does is the same for all servers.
    const byKind = files.filter(file => /'(?:oidc|samba|eap)'/.test(textOf(file)))
    // The dossier draws what is configured.
    const byTheirOwn = ['identity-server', 'services', 'dossier']
    expect(byKind.filter(file => !composers.includes(file) && !byTheirOwn.includes(folderOf(file)))).toEqual(
      [],
    )
  })

  it('lets each step of a journey pick what it uses of what the journeys have', () => {
    const lists = /import (?:type )?\{([^}]*)\} from '\.\.?\/(?:steps\/)?(?:deps|steps)\.ts'/g
    const whole = files
      .filter(file => file.startsWith('journeys/') && !/\/(?:deps|steps)\.ts$/.test(file))
      .flatMap(file => {
        const text = textOf(file)
        const names = [...text.matchAll(lists)].flatMap(([, list = '']) => list.match(/\b\w*Deps\b/g) ?? [])
        const body = text.replaceAll(/^import [^;]*? from '[^']+'$/gms, '')
        return names
          .filter(name => new RegExp(`(?<!Pick<\\s*)\\b${name}\\b`).test(body))
          .map(name => [file, name])
      })
    expect(whole).toEqual([])
  })

  it('lets no form of a journey act without a claim: of one form sent twice at once, one is carried out', () => {
    const claims = /claimSubmission\(|journeys\.advance\(|step\.submitted\(/
    const forms = files.filter(
      file =>
        file.startsWith('journeys/') &&
        !file.endsWith('/form-step.ts') &&
        textOf(file).includes('createFormStep<'),
    )
    expect(forms.length).toBe(8)
    /** By itself, or in the module of its decision, which it creates. */
    const isClaimed = (file: string) =>
      claims.test(textOf(file)) ||
      imports.some(({ from, to }) => from === file && to.endsWith('-decision.ts') && claims.test(textOf(to)))
    expect(forms.filter(file => !isClaimed(file))).toEqual([])
    const decisions = files.filter(file => /^journeys\/.*-decision\.ts$/.test(file))
    expect(decisions.filter(file => !claims.test(textOf(file)))).toEqual([])
  })

  it('has one outgoing HTTP client, with its certificates, its limits and no redirect', () => {
    const calling = files.filter(file => /\bfetch\(|\brequest\b[^}]*\} from 'node:https?'/.test(textOf(file)))
    expect(calling.filter(file => folderOf(file) !== 'browser')).toEqual(['http-client/http-client.ts'])
  })

  it('makes the digests of stored values in one place', () => {
    const digesting = files.filter(file => /'sha256'\)[^;]*?digest\('base64url'\)/s.test(textOf(file)))
    expect(digesting).toEqual(['crypto/crypto.ts'])
  })

  it('says sentences that the institution may have reworded: the product’s own are for what the operator reads', () => {
    const saying = files.filter(file =>
      /import \{[^}]*\bsayIn\b[^}]*\} from '[./]*texts\/texts\.ts'/.test(textOf(file)),
    )
    expect(saying.filter(file => folderOf(file) !== 'dossier')).toEqual(['helpdesk/joker-import.ts'])
    const creating = files.filter(file => /\bcreateSayIn\(/.test(textOf(file)))
    expect(creating.sort()).toEqual(['foundations.ts', 'texts/texts.ts'])
    const quoting = files.filter(file => !file.startsWith('texts/') && textOf(file).includes('sourceText('))
    expect(quoting).toEqual(['commands/texts.ts'])
  })

  it('reads the environment in one file', () => {
    expect(files.filter(file => textOf(file).includes('process.env'))).toEqual(['config/environment.ts'])
  })

  it('keeps no state in a module: several portals, and several test files, share one process', () => {
    expect(files.filter(file => /^(export )?let /m.test(textOf(file)))).toEqual([])
  })

  it('asks the compiler to look away nowhere, mocks nothing and leaves nothing for later', () => {
    for (const file of files) {
      expect(textOf(file), file).not.toMatch(/@ts-(ignore|expect-error|nocheck)|vi\.mock/)
      expect(textOf(file), file).not.toMatch(/\b(TODO|FIXME|XXX)\b/)
    }
  })

  it('stays readable: no file over 300 lines', () => {
    const long = files.filter(file => textOf(file).split('\n').length > 301)
    expect(long).toEqual([])
  })

  it('stays readable: no function over 60 lines from its first to its last', () => {
    const long: string[] = []
    for (const file of files.filter(one => !one.endsWith('contract.ts'))) {
      const text = textOf(file)
      const lineAt = (offset: number) => text.slice(0, offset).split('\n').length
      new Visitor({
        FunctionDeclaration: note,
        FunctionExpression: note,
        ArrowFunctionExpression: note,
      }).visit(parseSync(file, text).program)
      function note({ start, end }: { readonly start: number; readonly end: number }) {
        if (lineAt(end) - lineAt(start) >= 60) long.push(`${file}:${lineAt(start)}`)
      }
    }
    expect(long).toEqual([])
  })

  it('lets no module that tests share register a hook when it is loaded: the files of a worker load it once', () => {
    const shared = globSync('test/**/*.ts', { cwd: root }).filter(
      file => !/\.(test|long|pseudo|eighth)\.ts$/.test(file),
    )
    const hooked = shared.filter(file =>
      /^(?:before|after)(?:All|Each)\(/m.test(readFileSync(join(root, file), 'utf8')),
    )
    // Vitest runs this one for each file (`setupFiles`).
    expect(hooked).toEqual(['test/world/log-setup.ts'])
  })

  it('has one grammar of file names (ARCHITECTURE.md)', () => {
    const suffixOf = (file: string) => basename(file).split('.').slice(1).join('.')
    const known = ['ts', 'page.tsx', 'part.tsx', 'fields.tsx', 'routes.ts']
    const strange = files.filter(file => !known.includes(suffixOf(file)) && !/^ui\/[\w/-]+\.tsx$/.test(file))
    expect(strange).toEqual([])
    const joined = files.filter(file => /-(page|place|routes|parts)\.tsx?$/.test(file))
    // The one registers the routes, the other says on which page somebody is.
    expect(joined.sort()).toEqual(['ui/current-page.ts', 'web/register-routes.ts'])
    expect(files.filter(file => /utils|helpers?\.|common|manager/.test(file))).toEqual([])
  })

  it('lets features declare their cookies and problems, each once, and tells every cookie in the privacy statement', () => {
    const declared = (what: string) =>
      files.flatMap(file =>
        [...textOf(file).matchAll(new RegExp(`= declare${what}\\('([a-z-]+)'`, 'g'))].map(([, name]) => name),
      )
    const cookies = declared('Cookie')
    expect(new Set(cookies).size).toBe(cookies.length)
    expect(cookies.sort()).toEqual(Object.keys(cookieLifetimes(defaultLimits)).sort())
    expect(declared('Problem').sort()).toEqual(problemKinds.map(({ name }) => name).sort())
  })

  it('has the handlers of routes in files that say so', () => {
    const declaring = files.filter(
      file => file !== 'web/register-routes.ts' && /export const \w+Routes = \(/.test(textOf(file)),
    )
    expect(declaring.length).toBeGreaterThan(15)
    expect(declaring.filter(file => !file.endsWith('.routes.ts'))).toEqual([])
  })

  it('draws randomness for secrets from the system alone', () => {
    const drawing = files.filter(file => textOf(file).includes('Math.random'))
    expect(drawing.sort()).toEqual([
      'jobs/back-off.ts',
      'services/source/person-lock.ts',
      'store/postgres.ts',
      'store/sqlite.ts',
    ])
  })
})

/** The module that alone reads and writes a table: a file, or a folder whose files share its tables. */
const owners: Readonly<Record<keyof Schema, string>> = {
  journeys: 'journeys/journey-store.ts',
  people: 'services/source/',
  attempts: 'services/source/attempts.ts',
  deliveries: 'services/deliveries/',
  receipts: 'services/receipt/receipt.ts',
  jokers: 'proofs/joker/joker.ts',
  joker_tries: 'proofs/joker/tries.ts',
  joker_suspensions: 'proofs/joker/tries.ts',
  sent_codes: 'proofs/sent-code/',
  helpdesk_codes: 'proofs/helpdesk-code/helpdesk-code.ts',
  activation_codes: 'proofs/activation-code/activation-code.ts',
  activations: 'proofs/activation-code/activation-code.ts',
  passkeys: 'proofs/passkey/passkey.ts',
  passkey_challenges: 'proofs/passkey/challenges.ts',
  authenticators: 'proofs/authenticator/authenticator.ts',
  recovery_sheets: 'proofs/recovery-code/',
  recovery_codes: 'proofs/recovery-code/',
  sessions: 'identity/sessions.ts',
  refused_forms: 'account/sessions/refused-forms.ts',
  pending_sign_ins: 'identity/pending-sign-ins.ts',
  contacts: 'identity/contacts.ts',
  freezes: 'identity/freezes.ts',
  known_browsers: 'identity/known-browsers.ts',
  not_me_tokens: 'identity/not-me-tokens.ts',
  charter_acceptances: 'identity/charter-acceptances.ts',
  external_sign_ins: 'account/sign-in/external/external-sign-ins.ts',
  first_days: 'account/first-day/first-day.ts',
  expiry_notices: 'account/password/expiry-notices.ts',
  password_history: 'password/history.ts',
  password_failures: 'password/failure-rows.ts',
  counters: 'limits/rate-limiter.ts',
  notices: 'notify/',
  mails: 'notify/',
  audit_events: 'audit/',
  audit_details: 'audit/',
  audit_heads: 'audit/',
  audit_cuts: 'audit/',
  audit_seals: 'audit/',
  audit_sealed_heads: 'audit/',
  audit_key_changes: 'audit/',
  audit_sent_heads: 'audit/',
  audit_stream: 'audit/',
  installation: 'store/installation.ts',
  kept_keys: 'root-keys/kept-keys.ts',
  key_holders: 'root-keys/key-holders.ts',
  hosts: 'host-keys/host-keys.ts',
  wrapped_keys: 'host-keys/host-keys.ts',
  embedded_people: 'directory/embedded/embedded.ts',
  embedded_numbers: 'directory/embedded/embedded.ts',
  imported_people: 'directory/imported/rows.ts',
  imported_numbers: 'directory/imported/rows.ts',
  demo_mails: 'demonstration/mailbox.ts',
  pretend_passwords: 'demonstration/pretend-services.ts',
}

describe('the tables', () => {
  const statement =
    /\b(?:selectFrom|insertInto|updateTable|deleteFrom|\w+Join)\(\s*(?:'([a-z_]+)[^']*'|(\w+))/g
  const statements = files.flatMap(file =>
    [...textOf(file).matchAll(statement)].map(([, table, variable]) => ({ file, table, variable })),
  )

  it('are each read and written by one module', () => {
    expect(statements.length).toBeGreaterThan(150)
    const foreign = statements.filter(
      ({ file, table }) => table !== undefined && !file.startsWith(owners[table as keyof Schema] ?? '-'),
    )
    expect(foreign).toEqual([])
  })

  it('are named in their statements, but where one statement is for several of them', () => {
    const dynamic = statements.filter(({ variable }) => variable !== undefined).map(({ file }) => file)
    expect([...new Set(dynamic)].sort()).toEqual([
      'audit/cut.ts',
      'audit/stream.ts',
      'notify/outbox.ts',
      'retention-rule.ts',
      'root-keys/rekey-table.ts',
      'store/backup.ts',
    ])
  })
})

describe('the audit', () => {
  const written = files
    .filter(file => !['audit/rolling.ts', 'audit/audit.ts'].includes(file) && !file.startsWith('texts/'))
    .map(textOf)
    .join('\n')
  const kinds = [...textOf('audit/rolling.ts').matchAll(/'([a-z-]+)\.([a-z-]+)': (?:true|false)/g)]

  it('declares no kind of event that nothing writes', () => {
    expect(kinds.length).toBeGreaterThan(40)
    const silent = kinds.filter(
      ([, what, how]) => !written.includes(`'${what}.${how}'`) && !written.includes(`\`${what}.\${`),
    )
    expect(silent.map(([, what, how]) => `${what}.${how}`)).toEqual([])
  })
})
