import type { LeakedPasswords } from './leaked/leaked.ts'
import { judge, type Policy, presets, type RuleId, rulesOf, specials, uncountedSpecials } from './policy.ts'

/** Double backquotes, since the list of special characters itself contains a backquote. */
const code = (text: string) => `\`\` ${[...text].join(' ')} \`\``

type RuleEntry = { readonly describe: (policy: Policy) => string; readonly source: string }

const entries: Readonly<Record<RuleId, RuleEntry>> = {
  length: {
    describe: ({ min, max }) => `${min} to ${max} characters`,
    source: 'guide; NIST SP 800-63B-4; ASVS 6.2.1',
  },
  lower: { describe: () => 'at least one lower-case letter (a to z)', source: 'guide' },
  upper: { describe: () => 'at least one capital (A to Z)', source: 'guide' },
  digit: { describe: () => 'at least one digit', source: 'guide' },
  special: {
    describe: () =>
      `at least one of ${code(specials)}; ${code(uncountedSpecials)} are accepted but do not count, and the page says so`,
    source: 'guide',
  },
  'no-space': { describe: () => 'no space', source: 'guide' },
  'no-edge-space': { describe: () => 'no space at either end', source: 'many forms lose them' },
  'no-login': { describe: () => 'does not contain the login', source: 'guide; ASVS 6.2.11' },
  history: {
    describe: ({ history }) =>
      `differs from the last ${history} passwords that the person chose, the current one included`,
    source: 'guide',
  },
  'printable-ascii': {
    describe: () => 'only printable ASCII: eduroam clients send other characters as different bytes',
    source: 'deviates from ASVS 6.2.5',
  },
  leaked: {
    describe: () =>
      'neither it nor its core is on a list of leaked or common passwords, a keyboard run or a mere number',
    source: 'ASVS 6.2.4, 6.2.12; NIST SP 800-63B-4',
  },
  personal: {
    describe: () =>
      'no first or family name (from 4 letters), birth date or year, word of the institution, joker answer',
    source: 'ASVS 6.1.2, 6.2.11',
  },
}

/** Rules that a browser cannot decide, since it knows nothing about the person, are checked by the server alone. */
const isServerOnly = (rule: RuleId, policy: Policy) =>
  judge(policy, 'x').some(verdict => verdict.rule === rule && verdict.state === 'later')

/** A list and not a table: the `|` among the special characters would end a cell. */
const lines = (policy: Policy) =>
  rulesOf(policy).map(rule => {
    const { describe, source } = entries[rule]
    return `- **${rule}** (${isServerOnly(rule, policy) ? 'server' : 'browser and server'}): ${describe(policy)}. _${source}._`
  })

const oneIn = (rate: number) => `one in ${Math.round(1 / rate).toLocaleString('en')}`

const listLine = ({ name, entries: entryCount, falsePositiveRate }: LeakedPasswords['facts'][number]) =>
  `- **${name}**: ${entryCount.toLocaleString('en')} entries; ${oneIn(falsePositiveRate)} of what it is asked is refused wrongly.`

const aboutLists = `A password is refused when it, or its core, is on a list. The core is what it decorates: lower case, digits
and specials stripped from both ends, accents and l33t undone (@4→a 0→o 1!→i 3→e $5→s 7→t). Nothing leaves the server.`

/** `docs/reference/password-policy.md`, generated from the definition that the browser and the server use. */
export const policyReference = (
  policies: readonly Policy[] = Object.values(presets),
  lists: LeakedPasswords['facts'] = [],
): string => {
  const sections = [
    '# Password policy',
    'Generated from `src/password/policy.ts`. `password:` in `sesame.yaml` chooses a preset and changes rules.',
    ...policies.flatMap(policy => [`## Preset \`${policy.preset}\``, lines(policy).join('\n')]),
    '## Lists of leaked and common passwords',
    aboutLists,
    ...(lists.length > 0 ? [lists.map(listLine).join('\n')] : []),
  ]
  return `${sections.join('\n\n')}\n`
}
