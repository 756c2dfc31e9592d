import { z } from 'zod'
import {
  type Capability,
  getDeclarations,
  pathways,
  postDeclarations,
  type RouteDeclaration,
} from './authentication-pathways.ts'
import { configuration } from './config/config.ts'
import { checkLines } from './directory/check-lines.ts'
import { frenchReferencePages } from './dossier/french-reference.ts'
import * as activation from './journeys/activation/activation.ts'
import * as identifier from './journeys/identifier/identifier.ts'
import type { Transitions } from './journeys/journey.ts'
import * as password from './journeys/password/password.ts'
import { defaultLimits, limitDefinitions } from './limits/limits.ts'
import type { LeakedPasswords } from './password/leaked/leaked.ts'
import { presets } from './password/policy.ts'
import { policyReference } from './password/reference.ts'
import { guessingReference } from './proofs/policy/guessing.ts'
import { proofReference } from './proofs/reference.ts'
import { type RouteName, routes } from './routes.ts'
import { cell, type JsonSchema, settingLines } from './setting-lines.ts'

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

const duration = (milliseconds: number) => {
  const fitting = units.find(([, size]) => milliseconds % size === 0)
  return fitting ? `${milliseconds / fitting[1]} ${fitting[0]}` : `${milliseconds} ms`
}

const limitsPage = () => {
  const lines = Object.entries(limitDefinitions).map(
    ([name, { value, unit, description }]) =>
      `| \`${name}\` | ${unit === 'milliseconds' ? duration(value) : value} | ${description} |`,
  )
  return `# Limits

Generated from \`src/limits/limits.ts\`. \`limits:\` in \`sesame.yaml\` overrides each (durations in milliseconds). Networks are IPv4 /24
and IPv6 /56, kept as keyed digests.

| name | figure | what it counts |
|---|---|---|
${lines.join('\n')}
`
}

const jsonSchema = () => z.toJSONSchema(configuration, { io: 'input', unrepresentable: 'any' }) as JsonSchema

const configurationPage = () => `# Configuration

Generated from the schema of \`sesame.yaml\` (\`src/config/config.ts\`). Editors read \`sesame.schema.json\` next to this page: put
\`# yaml-language-server: $schema=…/sesame.schema.json\` on the first line. Secrets are files, never values. \`sesame check\`
reports every problem at once and tries each connection; \`sesame explain\` prints what is in force.

Environment: \`SESAME_CONFIG\` (the file), \`PORT\`, \`SESAME_DATA\` (data folder, \`./data\`), \`DATABASE_URL\` or
\`DATABASE_URL_FILE\` (PostgreSQL; absent: SQLite in the data folder), \`SESAME_ROOT_KEY_FILE\`.

| setting | type | default | what |
|---|---|---|---|
${settingLines(jsonSchema(), { listOf: 'list of', or: 'or', say: (_, description) => description }).join('\n')}
| \`limits.*\` | integer | | see [limits](limits.md) |
`

type JourneyDiagram = {
  readonly title: string
  readonly file: string
  readonly transitions: Transitions<string, string>
  readonly pages: Readonly<Record<string, RouteName>>
  readonly note?: string
}

const journeyPage = ({ title, file, transitions, pages, note = '' }: JourneyDiagram) => {
  const arrows = Object.entries(transitions).flatMap(([from, events]) =>
    Object.entries(events).map(([event, to]) => `  ${from} --> ${to}: ${event}`),
  )
  const pageRows = Object.entries(pages).map(([step, page]) => `| \`${step}\` | \`${routes[page].path}\` |`)
  return `# « ${title} »

Generated from the table of transitions (\`src/journeys/${file}\`): a transition that is absent is refused.

\`\`\`mermaid
stateDiagram-v2
  [*] --> ${Object.keys(transitions)[0]}: identified, known or not
${arrows.join('\n')}
  done --> [*]
  stopped --> [*]
\`\`\`

| state | its page |
|---|---|
${pageRows.join('\n')}
${note}`
}

const passwordNote = `
A link for the ENT's own sign-in page: \`<public URL>/identifiants-oublies\` (two cards), or \`<public URL>/mot-de-passe\` straight
to the choice of the number. Both choose the language by the browser; \`/fr/…\` and \`/en/…\` fix it.
`

const capabilityWords: Readonly<Record<Capability, string>> = {
  'opens-session': 'opens a session',
  'renews-session': 'renews a session',
  'writes-password': 'writes a password',
  'writes-unknown-password': 'writes a password that nobody knows',
}

const formsOf = (method: 'POST' | 'GET', declared: Readonly<Record<string, RouteDeclaration>>) =>
  Object.entries(declared)
    .filter(([, { capabilities }]) => capabilities.length > 0)
    .map(
      ([route, { capabilities, pathways: by }]) =>
        `| \`${method} ${routes[route as RouteName].path}\` | ${capabilities.map(capability => capabilityWords[capability]).join(', ')} | ${by.map(pathway => pathways[pathway].title).join('; ')} |`,
    )

const pathwaysPage = () => {
  const withoutCapability = Object.values(postDeclarations).filter(
    ({ capabilities }) => capabilities.length === 0,
  ).length
  return `# Authentication pathways

Generated from \`src/authentication-pathways.ts\`. Every way to authenticate as the owner of an account: what it asks for, what limits guessing, what it gives access
to. There is no other (ASVS 6.1.3, 6.3.4). The figures are those of [limits](limits.md); who is asked for a second factor is described in
[009](../decisions/009-second-factor.md).

| pathway | asks for | strength | limits | gives |
|---|---|---|---|---|
${Object.values(pathways)
  .map(
    ({ title, asks, strength, limits, opens }) =>
      `| ${title} | ${asks} | ${strength} | ${limits} | ${opens} |`,
  )
  .join('\n')}

An address or a mobile is no pathway of its own: on the account a code only confirms it. In a recovery a code sent to it is one of the proofs that
[the policy](../operate/recovery.md) may take.

**At every write** but a freeze the attempt carries the second factor that was shown; without it nothing is written for a person who has one, whatever
their pathway (\`src/services/source/source.ts\`).

## Every form that opens a session or writes a password

A route that posts and is not declared does not compile; the ${withoutCapability} other forms do neither. Where the institution's server is configured, only its return and the
second factor that waits after it open a session, whatever this table says.

| form | capabilities | pathway |
|---|---|---|
${[...formsOf('GET', getDeclarations), ...formsOf('POST', postDeclarations)].join('\n')}
`
}

const checkLevels = {
  wrong: 'wrong',
  warning: 'warning',
  untried: 'untried',
  share: 'warning; wrong when it is everybody of a population',
} as const

const checkPage = () => `# What \`sesame check\` finds

Generated from \`src/directory/check-lines.ts\`. Each finding is a line: its level, its name, and for whom or for what it is; then what it means for people, and the remedy,
in which the braces below are filled in (\`{setting}\`: the setting that covers the values that were read, if there is one). A test makes each of them appear, on a real server or store where it is one of these. The exit status is 0 when nothing is wrong (warnings are allowed), 1 when something is wrong, 2 when
something could not be tried. The command writes nothing but, with \`passwordWrite: modify\`, the password of \`canaryDn\`. It must run as the owner of the data folder.

| finding | how | level | remedy |
|---|---|---|---|
${Object.entries(checkLines)
  .map(
    ([name, { how, level, remedy }]) =>
      `| \`${name}\` | ${cell(how)} | ${checkLevels[level]} | ${cell(remedy)} |`,
  )
  .join('\n')}

Beside these, lines on your own words and look (\`overrides\`, with the file and the line), on each service, the sign-in server, the mail server, the lists of leaked passwords, the settings of the pages that the law requires (\`statements\`), \`privileged\` groups, the
\`lock-out\` of the directory and how it stores a \`password\` say in a sentence what they found.
`

/** The pages of `docs/reference/` that are generated from the code; a test fails when one is stale. */
export const referencePages = (lists: LeakedPasswords['facts']): Readonly<Record<string, string>> => ({
  'password-policy.md': policyReference(Object.values(presets), lists),
  'limits.md': limitsPage(),
  ...frenchReferencePages(jsonSchema()),
  'guessing.md': guessingReference(defaultLimits),
  'proofs.md': proofReference(),
  'authentication-pathways.md': pathwaysPage(),
  'check.md': checkPage(),
  'configuration.md': configurationPage(),
  'sesame.schema.json': `${JSON.stringify(jsonSchema(), null, 2)}\n`,
  'password-journey.md': journeyPage({
    title: 'Récupérer mon mot de passe',
    file: 'password/password.ts',
    note: passwordNote,
    transitions: password.transitions,
    pages: password.pages,
  }),
  'activation-journey.md': journeyPage({
    title: 'Activer mon compte',
    file: 'activation/activation.ts',
    transitions: activation.transitions,
    pages: activation.pages,
  }),
  'identifier-journey.md': journeyPage({
    title: 'Récupérer mon identifiant',
    file: 'identifier/identifier.ts',
    transitions: identifier.transitions,
    pages: identifier.pages,
  }),
})
