import type { Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { Bound, Directory, Person, PersonId } from '../../directory/directory.ts'
import { hmac, type Keys } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
import { ok, type Result, refused } from '../../result.ts'
import type { Store } from '../../store/store.ts'
import type { Ask } from '../../web/ask.ts'
import type { Door, Doors } from '../../web/doors.ts'
import type { Freezes } from '../freezes.ts'

export type DoorParts = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly audit: Audit
  readonly directory: Directory
  readonly doors: Doors
  readonly freezes: Freezes
}

/**
 * What a password typed here turned out to be. Only `sign-in-refused` may be told to somebody who did not have it
 * right: the others are said by the directory after it found the password right.
 */
export type Checked =
  | Result<{ person: Person }, 'sign-in-refused' | 'directory-unavailable' | 'too-many-tries'>
  | { readonly ok: false; readonly reason: 'password-expired' | 'must-change'; readonly person: Person }

/** The old password was right, even where it opens nothing any more. */
export const provedBy = (checked: Checked): Person | null => {
  if (checked.ok) return checked.person
  return 'person' in checked ? checked.person : null
}

/** What is told by a page of its own, whatever was typed; `null`: the password was judged. */
export const doorFault = (checked: Checked): 'directory-unavailable' | 'too-many' | null => {
  if (checked.ok) return null
  if (checked.reason === 'too-many-tries') return 'too-many'
  return checked.reason === 'directory-unavailable' ? checked.reason : null
}

/** An entry that no directory has: a login that nobody bears is bound like any other. */
const nobody = '00000000-0000-0000-0000-000000000000' as PersonId

/**
 * The one door of passwords that people type to show who they are: sign-in, confirmation, « Ancien mot de passe ».
 * Failed binds of one login stop before the directory's own lock-out would shut its owner out.
 */
export const passwordDoor = (parts: DoorParts) => {
  const { store, clock, limits, keys, audit, directory, doors, freezes } = parts
  const loginDoor: Door = { name: 'bind', window: limits.failedBindsWindow }
  const networkDoor: Door = { name: 'sign-in', window: limits.signInWindow }

  const admitNetwork = async ({ network }: Ask) => {
    const passed = await store.transaction(tx => doors.pass(tx, networkDoor, network.id))
    return passed <= limits.signInPerNetwork * (network.campus ? limits.campusFactor : 1)
  }

  /** Counted before the bind, and given back unless it fails: of many sent at once, no more than these reach it. */
  const admitLogin = (key: string) =>
    store.transaction(async tx => {
      if ((await doors.pass(tx, loginDoor, key)) <= limits.failedBinds) return true
      await doors.pass(tx, loginDoor, key, -1)
      return false
    })

  const giveBack = (key: string) => store.transaction(tx => doors.pass(tx, loginDoor, key, -1))

  const recordFailure = (key: string, person: Person | null) =>
    store.transaction(tx =>
      audit.append(tx, {
        chain: person?.id ?? key,
        kind: 'sign-in.refused',
        by: { kind: 'anonymous' },
      }),
    )

  /** A frozen or ended account opens nothing, even while the directory still takes its old password. */
  const isShut = async (holder: string, person: Person | null) =>
    (await freezes.find(holder))?.kind === 'frozen' || person?.ended === true

  const judged = (person: Person | null, shut: boolean, bound: Bound): Checked => {
    if (person === null || shut) return refused('sign-in-refused')
    if (bound.ok) return ok({ person })
    if (bound.reason === 'password-expired' || bound.reason === 'must-change')
      return { ok: false, reason: bound.reason, person }
    return refused('sign-in-refused')
  }

  const proved = async (key: string, person: Person | null, password: string): Promise<Checked> => {
    const bound = await directory.bind(person?.id ?? nobody, password)
    const checked =
      !bound.ok && bound.reason === 'directory-unavailable'
        ? refused('directory-unavailable')
        : judged(person, await isShut(person?.id ?? key, person), bound)
    if (!checked.ok && checked.reason === 'sign-in-refused') await recordFailure(key, person)
    else await giveBack(key)
    return checked
  }

  const check = async (ask: Ask, login: string, password: string): Promise<Checked> => {
    if (!(await admitNetwork(ask))) return refused('too-many-tries')
    const found = await directory.findLogin(login)
    if (!found.ok) return found
    const { person } = found
    // By the entry where there is one: a directory takes several spellings of one login.
    const key = hmac(keys.of('subject'), 'login', person?.id ?? login.normalize('NFKC').toLowerCase())
    return (await admitLogin(key)) ? proved(key, person, password) : refused('too-many-tries')
  }

  /** The same beat as identification: a bind that fails early must not tell that nobody bears this login. */
  const onTheBeat = (arrivedAt: number) => {
    const beat = limits.identificationBeat
    const elapsed = clock.now() - arrivedAt
    return clock.sleep(Math.ceil((elapsed + 1) / beat) * beat - elapsed)
  }

  return {
    check: async (ask: Ask, login: string, password: string): Promise<Checked> => {
      const checked =
        login === '' || password === '' ? refused('sign-in-refused') : await check(ask, login, password)
      await onTheBeat(ask.arrivedAt)
      return checked
    },
  }
}

export type PasswordDoor = ReturnType<typeof passwordDoor>
