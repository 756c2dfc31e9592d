import type { Settings } from '../config/load.ts'
import type { Limits } from '../limits/limits.ts'
import { type Policy, presets } from '../password/policy.ts'
import { demonstrationServices } from '../services/settings.ts'
import type { HelpContext } from './help.ts'

type Deps = {
  readonly settings: Settings
  readonly limits: Limits
  readonly rules: { readonly policy: Policy }
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

/** Creates the context from the settings. The pictures are those of the demonstration: each is used where its settings match. */
export const createHelpContext = ({ settings, limits, rules: { policy } }: Deps): HelpContext => {
  const { services, sms, mail, branding, signIn } = settings.config
  const embeddedSignIn = signIn.server.kind === 'embedded'
  const uses = (list: typeof services) => list.map(({ use }) => use)
  return {
    limits,
    policy,
    services,
    mobiles: sms.kind !== 'none' || mail.kind === 'demonstration',
    publicUrl: settings.publicUrl.href,
    own: settings.overrides.help,
    reworded: settings.overrides.texts,
    embeddedSignIn,
    picturesMatch: {
      policy: isSame(policy, presets.uphf),
      services: isSame(uses(services), uses(demonstrationServices)),
      signIn: embeddedSignIn && branding.signInUrl === undefined,
    },
  }
}
