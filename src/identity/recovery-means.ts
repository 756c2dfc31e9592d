import type { Clock } from '../clock.ts'
import type { Population } from '../directory/directory.ts'
import type { Limits } from '../limits/limits.ts'
import { jokerHolders } from '../proofs/joker/joker.ts'
import { passkeyHolders } from '../proofs/passkey/passkey.ts'
import type { ProofPolicy } from '../proofs/policy/policy.ts'
import { type RecoveryKind, recoveryKinds } from '../proofs/proof-registry.ts'
import { sheetHolders } from '../proofs/recovery-code/holders.ts'
import type { Store } from '../store/store.ts'
import { contactHolders } from './contacts.ts'

type Holders = (
  db: Store['read'],
  people: readonly string[],
  settledBy: number,
) => Promise<readonly { readonly person: string }[]>

/** Who of some people can give a proof by themselves. A code of the helpdesk is nobody's before it is handed over. */
const holdersOf = {
  joker: jokerHolders,
  'mail-code': (db, people) => contactHolders(db, 'mail', people),
  'sms-code': (db, people) => contactHolders(db, 'mobile', people),
  passkey: passkeyHolders,
  'recovery-code': sheetHolders,
  'helpdesk-code': async () => [],
} as const satisfies Readonly<Record<RecoveryKind, Holders>>

type Deps = {
  readonly clock: Clock
  readonly limits: Pick<Limits, 'newContactDelay'>
  readonly policy: Pick<ProofPolicy, 'isMet' | 'mayAsk'>
}

/**
 * What each of these people has in place to recover the account, by one statement for each proof. A passkey or a sheet counts once it proves
 * (`access-methods.ts`).
 */
export async function recoveryMeansOf(
  { clock, limits }: Pick<Deps, 'clock' | 'limits'>,
  db: Store['read'],
  people: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const has = new Map<string, Set<string>>()
  for (const [kind, holders] of Object.entries<Holders>(holdersOf))
    for (const { person } of await holders(db, people, clock.now() - limits.newContactDelay))
      has.set(person, (has.get(person) ?? new Set()).add(kind))
  return has
}

/** The same statements for every holder, known or not. */
export const createRecoveryCheck = (deps: Deps & { readonly store: Pick<Store, 'read'> }) => ({
  /** Whether this holder, of these populations, can recover the password without the helpdesk. */
  canRecover: async (holder: string, populations: readonly Population[]): Promise<boolean> => {
    const asked = { journey: 'password', populations } as const
    const means = await recoveryMeansOf(deps, deps.store.read, [holder])
    // A mobile proves nothing where no text message can be sent.
    const asking = recoveryKinds.filter(
      kind => means.get(holder)?.has(kind) && deps.policy.mayAsk(asked, kind),
    )
    return deps.policy.isMet(asked, new Set(asking))
  },
})

export type RecoveryCheck = ReturnType<typeof createRecoveryCheck>
