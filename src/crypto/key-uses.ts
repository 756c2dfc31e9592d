/**
 * Every key that is derived from the root key, and what happens to its values when the root key is replaced. A test reads the
 * source and holds that no key is derived for a use without a rule (`key-uses.test.ts`).
 *
 * - `sealed-anew`: each value is opened under the old key and sealed, or digested, under the new one, row by row. Then the old key is erased.
 * - `hashed-again`: a hash whose clear value nobody holds is hashed once more under the new key, row by row. The old pepper is kept,
 *   sealed under the new root key, as long as there may be such hashes. The old key alone no longer tests a guess.
 * - `both-tried`: values that end by themselves within a day. What is new is under the new key; the old one is tried until then.
 * - `carried`: the key stays the same, sealed under the new root key: another one would change what people see, or end what must last.
 * - `continued`: links of the audit log are never written again. New ones are under the new key, old ones are verified with the old.
 * - `replaced`: digests by which requests are counted for a day. The count begins again.
 */
export type KeyRule = 'sealed-anew' | 'hashed-again' | 'both-tried' | 'carried' | 'continued' | 'replaced'

export const keyUses = {
  /**
   * Who typed what, and by which name tries are counted. Another key would show other decoys to unknown people alone, lift
   * their suspensions alone, and forget the wrong passwords that a directory still counts.
   */
  subject: 'carried',
  /** Another key would show another question to everybody who is unknown, and to nobody else. */
  decoy: 'carried',
  /** Passkeys hold the handle of their owner, and no server can change it there. */
  'passkey-user': 'carried',
  /** Browsers keep a tagged cookie for a year. The tag gives priority in a flood, and access to nothing. */
  'cookie-tag': 'carried',
  network: 'replaced',
  /** Counters of codes and the limit of mails are named by it too: those of the day begin again. */
  destination: 'sealed-anew',
  'seal-contact': 'sealed-anew',
  'seal-mail': 'sealed-anew',
  'seal-authenticator': 'sealed-anew',
  'seal-login': 'sealed-anew',
  'seal-refused-form': 'sealed-anew',
  'host-key': 'sealed-anew',
  /** The sum of all heads is of terms under the key of the log: both are made anew together (`audit/rekey.ts`). */
  'seal-audit-heads': 'sealed-anew',
  /** Seals the keys of this list that are kept. They are sealed anew at once, when the key is replaced. */
  'seal-kept-keys': 'sealed-anew',
  audit: 'continued',
  'joker-pepper': 'hashed-again',
  'history-pepper': 'hashed-again',
  'recovery-code-pepper': 'hashed-again',
  'activation-pepper': 'hashed-again',
  /** Of imported numbers and dates of birth, which are few enough to be guessed. */
  'identification-pepper': 'hashed-again',
  /** Hashes again what was made under an older pepper (`peppers.ts`). */
  'hash-again': 'hashed-again',
  'code-pepper': 'both-tried',
  'helpdesk-code-pepper': 'both-tried',
  'passkey-challenge': 'both-tried',
  'external-sign-in': 'both-tried',
} as const satisfies Readonly<Record<string, KeyRule>>

/** The key of a proof that is added later: its own rows are not known here, so the key is carried. */
type ProofKeyUse = `proof-${string}`

export type KeyUse = keyof typeof keyUses | ProofKeyUse

export const namedUses = Object.keys(keyUses) as readonly (keyof typeof keyUses)[]

export const ruleOf = (use: KeyUse): KeyRule =>
  Object.hasOwn(keyUses, use) ? keyUses[use as keyof typeof keyUses] : 'carried'
