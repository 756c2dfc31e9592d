import type { Settings } from '../config/load.ts'
import type { Limits } from '../limits.ts'
import { type Policy, presets } from '../password/policy.ts'
import { demonstrationServices } from '../services/settings.ts'
import type { Known } from './help.ts'

type Deps = {
  readonly settings: Settings
  readonly limits: Limits
  readonly rules: { readonly policy: Policy }
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

/** What the help may tell of this portal. The demonstration's pictures serve where what they show holds here too. */
export const knownToHelp = ({ settings, limits, rules: { policy } }: Deps): Known => {
  const { services, sms, mail, branding, signIn } = settings.config
  const ownSignIn = signIn.server.kind === 'embedded'
  const uses = (list: typeof services) => list.map(({ use }) => use)
  return {
    limits,
    policy,
    services,
    mobiles: sms.kind !== 'none' || mail.kind === 'demonstration',
    publicUrl: settings.publicUrl.href,
    ownSignIn,
    picturesTell: {
      policy: same(policy, presets.uphf),
      services: same(uses(services), uses(demonstrationServices)),
      signIn: ownSignIn && branding.signInUrl === undefined,
    },
  }
}
