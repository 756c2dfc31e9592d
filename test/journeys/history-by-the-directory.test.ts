import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PersonId } from '../../src/directory/directory.ts'
import type { Hashing } from '../../src/hashing/hashing.ts'
import type { Failpoint } from '../../src/services/source/source.ts'
import { purgeApplication } from '../world/application-parts.ts'
import { unlimited } from '../world/limits.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { quickHashing } from '../world/quick-hashing.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const kinds = [
  { directory: 'slapd', store: 'SQLite' },
  { directory: 'slapd', store: 'PostgreSQL' },
] as const

const [first, second, third] = ['Tr0mbone&Cascade-1', 'Tr0mbone&Cascade-2', 'Tr0mbone&Cascade-3'] as const
const refusedText = "Ce mot de passe est déjà utilisé, ou l'a été il y a peu. Choisissez-en un autre."

/** Hashes that are counted. */
const countedHashing = () => {
  let count = 0
  const quick = quickHashing()
  const hashing: Hashing = {
    ...quick,
    hash: (...given) => {
      count += 1
      return quick.hash(...given)
    },
  }
  const during = async (work: () => Promise<unknown>) => {
    const before = count
    await work()
    return count - before
  }
  return { hashing, during }
}

describe.each(kinds.filter(available))('with password.history: directory, on $directory and $store', kind => {
  let fixture: PortalFixture
  const { hashing, during } = countedHashing()
  let killedAt: Failpoint | null = null
  beforeAll(async () => {
    fixture = await startPortal({
      ...kind,
      hashing,
      config: {
        password: { history: 'directory' },
        // The joker may be replaced at once after a recovery.
        limits: { ...unlimited, refusalsPerJourney: 3, recoveryCoolDown: 1 },
      },
      people: 20,
      crowd: 6,
      failpoints: at => {
        if (at !== killedAt) return
        killedAt = null
        throw new Error(`killed at ${at}`)
      },
    })
  })
  afterAll(() => fixture?.stop())

  const member = (index: number) => {
    const found = fixture.crowd[index]
    if (!found) throw new Error(`no member ${index} of the crowd`)
    return found
  }
  const recover = async (index: number, password: string) => {
    const visitor = newVisitor(fixture.url)
    await visitor.answerJokerAs(member(index))
    const answer = await visitor.choose(password)
    return { visitor, ...answer }
  }
  const historyOf = (person: PersonId) =>
    fixture.application.store.read
      .selectFrom('password_history')
      .selectAll()
      .where('person', '=', person)
      .execute()
  const loginOf = async (person: PersonId) => {
    const found = await fixture.application.directory.read(person)
    return (found.ok && found.person?.login) || ''
  }
  const attemptsOf = (person: PersonId) =>
    fixture.application.store.read
      .selectFrom('attempts')
      .select('state')
      .where('person', '=', person)
      .execute()
  const writesOf = (person: PersonId) =>
    fixture.application.store.read
      .selectFrom('audit_events')
      .select('kind')
      .where('chain', '=', person)
      .where('kind', 'in', ['password.written', 'password.unproved'])
      .execute()
  /** Finishes what a killed process left open. */
  const reconcile = async () => {
    const { store, passwordWrite } = fixture.application
    await store.transaction(async tx => {
      await tx.updateTable('attempts').set({ lease_until: 0 }).where('state', '=', 'open').execute()
      await tx.updateTable('people').set({ lock_until: 0, lock_holder: null }).execute()
    })
    await passwordWrite.reconciler.run()
  }
  const signedIn = async (index: number, password: string) => {
    const visitor = newVisitor(fixture.url)
    await visitor.signIn(await loginOf(member(index).id), password)
    return visitor
  }
  const change = (visitor: ReturnType<typeof newVisitor>, ancien: string, nouveau: string) =>
    visitor.submit('/fr/compte/mot-de-passe', { ancien, nouveau, confirmation: nouveau, charte: 'oui' })

  it('a recovery hashes the answer to the joker alone, and keeps no hash of the password', async () => {
    const hashes = await during(async () => {
      expect((await recover(0, first)).location).toBe('/fr/mot-de-passe/termine')
    })
    expect(hashes).toBe(1)
    expect(await historyOf(member(0).id)).toEqual([])
  })

  it('a change hashes nothing for a person without a joker, and the answer alone for one with a joker', async () => {
    await recover(1, first)
    const { joker } = fixture.application.proofs
    const visitor = await signedIn(1, first)
    const changed = async (ancien: string, nouveau: string) =>
      during(async () => {
        expect((await change(visitor, ancien, nouveau)).location).toMatch(/^\/fr\/compte\/mot-de-passe\//)
      })
    expect(await changed(first, second)).toBe(1)
    await fixture.application.store.transaction(tx => joker.clear(tx, member(1).id))
    expect(await changed(second, third)).toBe(0)
    expect(await historyOf(member(1).id)).toEqual([])
  })

  it('an old password is refused by the directory in the words of the guide, and each refusal counts', async () => {
    await recover(2, first)
    await recover(2, second)
    const { visitor, refusal } = await recover(2, first)
    expect(textOf(refusal ?? '')).toContain(refusedText)
    expect(textOf((await visitor.choose(second)).refusal ?? '')).toContain(refusedText)
    expect((await visitor.choose(first)).location).toBe('/fr/mot-de-passe/fin')
    expect((await fixture.application.directory.bind(member(2).id, second)).ok).toBe(true)
  })

  it('the current password is refused before anything is committed, so that no lost write of it counts as one', async () => {
    await recover(4, first)
    const { id } = member(4)
    const before = await attemptsOf(id)
    killedAt = 'about-to-write'
    const { refusal } = await recover(4, first)
    killedAt = null
    await reconcile()
    expect(await attemptsOf(id)).toEqual(before)
    expect(await writesOf(id)).toHaveLength(1)
    expect(textOf(refusal ?? '')).toContain(refusedText)
  })

  it('a new password whose write was lost is refused, and may be chosen again', async () => {
    await recover(5, first)
    const { id } = member(5)
    killedAt = 'about-to-write'
    const { visitor, status } = await recover(5, second)
    expect(status).toBe(500)
    await reconcile()
    expect(await writesOf(id)).toHaveLength(1)
    expect((await fixture.application.directory.bind(id, first)).ok).toBe(true)
    expect(textOf((await visitor.get('/fr/mot-de-passe/nouveau')).html)).toContain(
      "Votre mot de passe n'a pas été changé",
    )
    expect((await visitor.choose(second)).location).toBe('/fr/mot-de-passe/termine')
  })

  it('a change to an old password is refused in the same words, and the fourth is not looked at', async () => {
    await recover(3, first)
    await recover(3, second)
    const visitor = await signedIn(3, second)
    for (const old of [first, second, first]) {
      const answer = await change(visitor, second, old)
      expect(textOf(answer.refusal ?? '')).toContain(refusedText)
    }
    expect((await change(visitor, second, third)).status).toBe(429)
  })

  it('the account says when the password was chosen, and counts as activated by it', async () => {
    await recover(0, 'Tr0mbone&Cascade-4')
    const { id } = member(0)
    const { activationCodes } = fixture.application.proofs
    expect((await activationCodes.activity(id)).because).not.toBe(null)
    const visitor = await signedIn(0, 'Tr0mbone&Cascade-4')
    // Once, the account begins with what is missing.
    await visitor.post('/fr/compte/premier-jour', {})
    expect(textOf((await visitor.get('/fr/compte')).html)).toMatch(/Mot de passe .*[Cc]hangé le/)
  })

  it('a joker whose answer is the password is refused, and costs nothing where it cannot be one', async () => {
    const visitor = await signedIn(0, 'Tr0mbone&Cascade-4')
    const choose = (reponse: string) =>
      visitor.submit('/fr/compte/question-joker', { question: 'pet', propre: '', reponse })
    const answer = await choose('Tr0mbone&Cascade-4')
    expect(textOf(answer.refusal ?? '')).toContain('mot de passe')
    expect(await during(() => choose('Violoncelle'))).toBe(1)
  })

  it('the hashes from before are erased by the next purge, which says how many there were', async () => {
    const { store } = fixture.application
    const rows = [1, 2, 3].map(serial => ({
      id: `h${serial}`,
      person: member(0).id,
      hash: 'h',
      pepper: 'p',
      chosen_at: serial,
    }))
    await store.transaction(tx => tx.insertInto('password_history').values(rows).execute())
    await purgeApplication(fixture.application)
    expect(await historyOf(member(0).id)).toEqual([])
  })

  it('the privacy statement names no fingerprint of passwords', async () => {
    const { html } = await newVisitor(fixture.url).get('/fr/donnees-personnelles')
    expect(textOf(html)).not.toMatch(/empreinte de vo(s|tre) .*mots? de passe, dont/)
  })
})

it('a portal does not start where the directory keeps no history', async () => {
  const starting = startPortal({
    directory: 'embedded',
    store: 'SQLite',
    config: { password: { history: 'directory' } },
  })
  await expect(starting).rejects.toThrow(
    'the directory does not keep the history of passwords. directory-history-unsupported: The embedded directory keeps no old passwords',
  )
})
