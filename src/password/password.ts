import type { Person, PersonId } from '../directory/directory.ts'
import { type Hashing, type HashRefusal, sameHash } from '../hashing/hashing.ts'
import type { Keys } from '../keys.ts'
import { ok, type Result } from '../result.ts'
import type { Store } from '../store/store.ts'
import { readHistory } from './history.ts'
import { type Leaked, openLeaked } from './leaked/leaked.ts'
import { institutionWordsOf, judgePersonal } from './personal.ts'
import { judge, type PasswordRefusal, type Policy, refusalsIn } from './policy.ts'
import { type PolicySettings, policyFrom } from './settings.ts'

/** One waiting hash for each journey and a fair share for each network (see `hashing/`). */
export type HashSource = { readonly network: string; readonly journey: string }

type HashResult<T> = Promise<Result<T, HashRefusal>>

/** The rules of a new password, from the cheapest to the dearest. */
export type PasswordRules = {
  readonly policy: Policy
  /** What each list of leaked and common passwords holds, and how often it refuses wrongly. */
  readonly leaked: Leaked['facts']
  /** Refused inside every password. */
  readonly institutionWords: readonly string[]
  /** What the password alone deserves. */
  quick(password: string): PasswordRefusal[]
  /** With what is known of the person, and the lists of leaked and common passwords. */
  judge(password: string, person: Person | null): PasswordRefusal[]
  /** One hash, since a person's past passwords share that person's salt. Its result becomes the new row. */
  inHistory(
    person: PersonId,
    password: string,
    asking: HashSource,
  ): HashResult<{ used: boolean; hash: string }>
  /** False when no password of this person was ever chosen here: the current one is then unknown to us. */
  knowsHistory(person: PersonId): Promise<boolean>
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
  /** Gives the person a row, and so a salt. */
  readonly lock: { ensureRow(person: PersonId): Promise<unknown> }
}

export const createPasswordRules = ({
  settings,
  shippedFilter,
  store,
  keys,
  hashing,
  lock,
}: PasswordRulesDeps): PasswordRules => {
  const { password: chosen, branding, leakedFilter } = settings.config
  const policy = policyFrom(chosen)
  const institutionWords = institutionWordsOf({ configured: chosen.institutionWords, ...branding })
  const leaked = openLeaked({ shipped: shippedFilter, operator: leakedFilter, institutionWords })

  /** Those made under the pepper in force: one hash of the candidate compares with them all. */
  const comparable = async (person: PersonId) => {
    const { salt, hashes } = await readHistory(store, person)
    return { salt, hashes: hashes.filter(({ pepper }) => pepper === keys.id) }
  }

  return {
    policy,
    leaked: leaked.facts,
    institutionWords,
    quick: password => refusalsIn(judge(policy, password)),
    judge: (password, person) => {
      const own = refusalsIn(judge(policy, password))
      const personal = judgePersonal(password, { person, login: policy.login, institutionWords })
      return [
        ...own,
        ...personal,
        ...(leaked.check(password) ? [{ reason: 'password-leaked' as const }] : []),
      ]
    },
    inHistory: async (person, password, asking) => {
      await lock.ensureRow(person)
      const { salt, hashes } = await comparable(person)
      if (!salt) throw new Error('a row that was just ensured is missing')
      const hashed = await hashing.hash({ password, salt, pepper: keys.of('history-pepper'), ...asking })
      if (!hashed.ok) return hashed
      const recent = hashes.slice(0, policy.history)
      return ok({ hash: hashed.hash, used: recent.some(({ hash }) => sameHash(hash, hashed.hash)) })
    },
    knowsHistory: async person => policy.history === 0 || (await comparable(person)).hashes.length > 0,
    close: leaked.close,
  }
}
