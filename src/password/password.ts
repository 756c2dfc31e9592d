import { isSameSecret } from '../crypto/crypto.ts'
import type { Keys } from '../crypto/keys.ts'
import { hashedAgain } from '../crypto/peppers.ts'
import type { Person, PersonId } from '../directory/directory.ts'
import type { Hashing, HashingClient, HashRefusal } from '../hashing/hashing.ts'
import { ok, type Result } from '../result.ts'
import type { Store } from '../store/store.ts'
import { comparedHistory, historyHash, readHistory } from './history.ts'
import { type LeakedPasswords, openLeaked } from './leaked/leaked.ts'
import { institutionWordsOf, judgePersonal } from './personal.ts'
import { isTooLong, judge, type PasswordRefusal, type Policy, refusalsIn } from './policy.ts'
import { historyKeeperOf, historyKeptOf, type PolicySettings, policyFrom } from './settings.ts'

type HashResult<T> = Promise<Result<T, HashRefusal>>

/** The rules of a new password, from the cheapest check to the most expensive. */
export type PasswordRules = {
  readonly policy: Policy
  /** For each list of leaked and common passwords its number of entries and its rate of false positives. */
  readonly leaked: LeakedPasswords['facts']
  /** Words that no password may contain. */
  readonly institutionWords: readonly string[]
  /**
   * Refusals by the policy, by the person's details, and by the lists of leaked and common passwords. A password that is too
   * long is judged by the policy alone: the time of the other checks grows with its length.
   */
  judge(password: string, person: Person | null): PasswordRefusal[]
  /** Who refuses old passwords. With `directory` the portal has no hash of them. */
  readonly historyKeeper: 'portal' | 'directory'
  /** How many hashes of past passwords the portal keeps of each person. */
  readonly historyKept: number
  /**
   * Costs one hash, since all past passwords of a person share one salt. The hash becomes the new row of the history. Where the
   * directory keeps the history, nothing is hashed, and the portal knows no password: the directory decides at the write.
   */
  inHistory(
    person: PersonId,
    password: string,
    client: HashingClient,
  ): HashResult<{
    used: boolean
    /** False where the current password must be compared by a bind: the directory keeps the history, or the person never chose one here. */
    known: boolean
    hash: string | null
  }>
  close(): void
}

export type PasswordRulesDeps = {
  readonly settings: {
    readonly config: {
      readonly password: PolicySettings
      readonly branding: { readonly product: string; readonly institution: string }
      readonly leakedFilter?: string | undefined
    }
  }
  readonly shippedFilter: string
  readonly store: Store
  readonly keys: Keys
  readonly hashing: Hashing
  /** The salt of the person's hashes; made where the person has none yet, which `exists` says when it is known. */
  readonly lock: { saltOf(person: PersonId, exists?: boolean): Promise<string> }
}

export const createPasswordRules = ({
  settings,
  shippedFilter,
  store,
  keys,
  hashing,
  lock,
}: PasswordRulesDeps): PasswordRules => {
  const { password: policyConfig, branding, leakedFilter } = settings.config
  const policy = policyFrom(policyConfig)
  const institutionWords = institutionWordsOf({ configured: policyConfig.institutionWords, ...branding })
  const historyKeeper = historyKeeperOf(policyConfig)
  const historyKept = historyKeptOf(policyConfig)
  const leaked = openLeaked({ shipped: shippedFilter, operator: leakedFilter, institutionWords })

  return {
    policy,
    leaked: leaked.facts,
    institutionWords,
    historyKeeper,
    historyKept,
    judge: (password, person) => {
      const byPolicy = refusalsIn(judge(policy, password))
      if (byPolicy.some(isTooLong)) return byPolicy
      return [
        ...byPolicy,
        ...judgePersonal(password, { person, login: policy.login, institutionWords }),
        ...(leaked.check(password) ? [{ reason: 'password-leaked' as const }] : []),
      ]
    },
    inHistory: async (person, password, client) => {
      if (historyKeeper === 'directory') return ok({ used: false, known: false, hash: null })
      if (historyKept === 0) return ok({ used: false, known: true, hash: null })
      const history = await readHistory(store, person, historyKept)
      const salt = await lock.saltOf(person, history.length > 0)
      const compared = comparedHistory(keys, history)
      const hashed = await hashing.hash({ password, salt, pepper: compared.key, ...client })
      if (!hashed.ok) return hashed
      return ok({
        hash: historyHash(keys, { pepper: compared.pepper, hash: hashed.hash }),
        used: compared.rows.some(({ pepper, hash }) =>
          isSameSecret(hash, hashedAgain(keys, 'history-pepper', pepper, hashed.hash)),
        ),
        known: compared.rows.length > 0,
      })
    },
    close: leaked.close,
  }
}
