import { z } from 'zod'
import { type Policy, presets } from './policy.ts'

/** The most past passwords of which hashes are kept. */
export const mostKept = 3

const settingsShape = z.strictObject({
  preset: z
    .enum(['uphf', 'nist'])
    .default('uphf')
    .describe('`uphf`: 12 to 30 characters of four classes. `nist`: 15 to 64, no composition rule.'),
  min: z.int().min(8).max(64).optional().describe('Minimum length.'),
  max: z.int().min(12).max(128).optional().describe('Maximum length. Active Directory accepts 128 at most.'),
  lower: z.boolean().optional().describe('Ask for a lower-case letter.'),
  upper: z.boolean().optional().describe('Ask for a capital.'),
  digit: z.boolean().optional().describe('Ask for a digit.'),
  special: z.boolean().optional().describe('Ask for a special character.'),
  spaces: z
    .enum(['none', 'inner'])
    .optional()
    .describe('`none`: no spaces. `inner`: no space at the beginning or the end.'),
  login: z.boolean().optional().describe('Refuse a password that contains the login.'),
  history: z
    .union([z.int().min(0).max(mostKept), z.enum(['portal', 'directory'])])
    .default('portal')
    .describe(
      '`portal`: the portal refuses the last three passwords, of which it keeps hashes. A number: that many instead of three. `directory`: the directory refuses them, and the portal keeps no hash; see docs/decisions/025-history-by-the-directory.md. The portal does not start with it where the directory does not refuse the last three at each write of the portal, and `sesame check` says why.',
    ),
  institutionWords: z
    .array(z.string().min(3))
    .default([])
    .describe('Names and acronyms of the institution, refused inside passwords (ASVS 6.1.2).'),
})

/** The effective policy: a preset with the operator's changes. */
export const policyFrom = ({
  preset,
  history,
  institutionWords: _,
  ...changed
}: z.output<typeof settingsShape>): Policy => {
  const chosen = Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined))
  return { ...presets[preset], ...chosen, ...(typeof history === 'number' && { history }) }
}

/** Who refuses old passwords: the portal, by the hashes that it keeps, or the directory. */
export const historyKeeperOf = ({ history }: Pick<PolicySettings, 'history'>) =>
  history === 'directory' ? 'directory' : 'portal'

/** How many hashes of past passwords the portal keeps of each person: none where the directory refuses them, or nobody does. */
export const historyKeptOf = (settings: PolicySettings) =>
  historyKeeperOf(settings) === 'directory' ? 0 : policyFrom(settings).history

/** `password:` in `sesame.yaml`. */
export const policySettings = settingsShape.refine(
  settings => policyFrom(settings).min <= policyFrom(settings).max,
  { message: 'min is above max', path: ['min'] },
)

export type PolicySettings = z.infer<typeof policySettings>
