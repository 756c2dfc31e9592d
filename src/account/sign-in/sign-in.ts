import { z } from 'zod'
import type { Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { Directory, PersonId } from '../../directory/directory.ts'
import { hmac, type Keys } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
import { ok, type Result, refused } from '../../result.ts'
import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { type Answer, type Ask, type Handler, problem } from '../../web/ask.ts'
import type { Door, Doors } from '../../web/doors.ts'
import { field } from '../../web/form.ts'
import { honestPage } from '../honest.page.tsx'
import { signInPage } from './sign-in.page.tsx'

const form = z.object({ identifiant: field(200), motdepasse: field(4096) })

export type SignInParts = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly audit: Audit
  readonly directory: Directory
  readonly doors: Doors
  readonly ui: (language: Language) => Ui
}

/** An entry that no directory has: a login that nobody bears is bound like any other. */
const nobody = '00000000-0000-0000-0000-000000000000' as PersonId

type Checked = Result<{ person: PersonId }, 'sign-in-refused' | 'directory-unavailable' | 'too-many-tries'>

/**
 * The embedded sign-in. For now it proves a password by a bind and says so: a session comes with « Gérer mon compte ».
 * Failed binds of one login stop before the directory's own lock-out would shut its owner out.
 */
export const signIn = (parts: SignInParts) => {
  const { store, clock, limits, keys, audit, directory, doors } = parts
  const loginDoor: Door = { name: 'bind', window: limits.failedBindsWindow }
  const networkDoor: Door = { name: 'sign-in', window: limits.signInWindow }

  const admit = async (ask: Ask, key: string) => {
    const passed = await store.transaction(tx => doors.pass(tx, networkDoor, ask.network.id))
    const allowed = limits.signInPerNetwork * (ask.network.campus ? limits.campusFactor : 1)
    return passed <= allowed && (await doors.seen(loginDoor, key)) < limits.failedBinds
  }

  const record = (key: string, person: PersonId | null, accepted: boolean) =>
    store.transaction(async tx => {
      if (!accepted) await doors.pass(tx, loginDoor, key)
      const by = accepted && person ? { kind: 'person' as const, id: person } : { kind: 'anonymous' as const }
      await audit.append(tx, {
        chain: person ?? key,
        kind: accepted ? 'sign-in.accepted' : 'sign-in.refused',
        by,
      })
    })

  const check = async (ask: Ask, login: string, password: string): Promise<Checked> => {
    const key = hmac(keys.of('subject'), 'login', login.normalize('NFKC').toLowerCase())
    if (!(await admit(ask, key))) return refused('too-many-tries')
    const found = await directory.findLogin(login)
    if (!found.ok) return found
    const bound = await directory.bind(found.person?.id ?? nobody, password)
    if (!bound.ok && bound.reason === 'directory-unavailable') return refused('directory-unavailable')
    const accepted = bound.ok && found.person !== null
    await record(key, found.person?.id ?? null, accepted)
    return accepted && found.person ? ok({ person: found.person.id }) : refused('sign-in-refused')
  }

  /** The same beat as identification: a bind that fails early must not tell that nobody bears this login. */
  const onTheBeat = (arrivedAt: number) => {
    const beat = limits.identificationBeat
    const elapsed = clock.now() - arrivedAt
    return clock.sleep(Math.ceil((elapsed + 1) / beat) * beat - elapsed)
  }

  const post: Handler = async ask => {
    const fields = form.safeParse(ask.body)
    if (!fields.success) return problem('bad-request')
    const { identifiant, motdepasse } = fields.data
    const ui = parts.ui(ask.language)
    const missing = identifiant.trim() === '' || motdepasse === ''
    const checked = missing ? refused('sign-in-refused') : await check(ask, identifiant.trim(), motdepasse)
    await onTheBeat(ask.arrivedAt)
    if (checked.ok)
      return { kind: 'page', page: honestPage({ ui, about: 'account', signedIn: true }) } satisfies Answer
    if (checked.reason === 'directory-unavailable') return problem('directory-unavailable')
    if (checked.reason === 'too-many-tries')
      return problem('too-many', { retryAfter: limits.failedBindsWindow / 1000 })
    return {
      kind: 'page',
      status: 422,
      page: signInPage({ ui, login: identifiant, problem: 'sign-in-refused' }),
    }
  }

  return { page: (ui: Ui) => signInPage({ ui, login: '', problem: null }), post }
}
