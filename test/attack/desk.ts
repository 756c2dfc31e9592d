import type { Application } from '../../src/application.ts'
import { days } from '../../src/clock.ts'
import type { Tx } from '../../src/store/store.ts'
import type { CrowdMember } from '../world/crowd.ts'
import type { DeskOperationKind } from './actions.ts'
import { endSessionsAndJourneys } from './event-effects.ts'
import type { Secrets } from './proofs.ts'
import type { DeskOperation } from './request-sender.ts'
import type { State } from './state.ts'

/** The directory says of these people that their time here is over, or that it is not. */
export const setEnded = async (tx: Tx, people: readonly string[], ended: boolean) => {
  const rows = await tx
    .selectFrom('embedded_people')
    .select(['id', 'entry'])
    .where('id', 'in', people)
    .execute()
  for (const row of rows) {
    const entry = JSON.stringify({ ...JSON.parse(row.entry), ended })
    if (entry !== row.entry)
      await tx.updateTable('embedded_people').set({ entry }).where('id', '=', row.id).execute()
  }
}

const discardProofs = (state: State, person: string) => {
  endSessionsAndJourneys(state, person)
  for (const journey of state.journeys.values())
    if (journey.person === person && (journey.answered || journey.proved || journey.activated))
      journey.superseded = true
}

/** What the desk and the directory do to people between, or during, their steps. */
export const createDesk = (application: Application, secrets: Secrets, now: () => number) => {
  const make = async (what: DeskOperationKind, { id }: CrowdMember): Promise<DeskOperation> => {
    const acts: {
      readonly [does in DeskOperationKind]: () =>
        | Omit<DeskOperation, 'what'>
        | Promise<Omit<DeskOperation, 'what'>>
    } = {
      freeze: () => ({
        run: () => application.notMe.freezeByDesk(id, 'test', 'test'),
        // The password that nobody knows is written as any other.
        mayCause: [`password.written:${id}`],
        apply: state => {
          state.frozen.add(id)
          state.passwords.delete(id)
          discardProofs(state, id)
        },
      }),
      unfreeze: () => ({
        run: () => application.notMe.unfreezeByDesk(id, { by: 'test', reason: 'test', decided: 'keep' }),
        mayCause: [],
        apply: state => {
          const wasShut = state.frozen.has(id) || (state.closedUntil.get(id) ?? 0) > now()
          state.frozen.delete(id)
          state.closedUntil.delete(id)
          // Whoever is left without a joker may be given a new letter; one that was made before opens nothing.
          if (wasShut && !state.answers.has(id)) for (const of of [state.active, state.letters]) of.delete(id)
        },
      }),
      close: () => {
        const until = now() + days(7)
        const put = { person: id, kind: 'recovery-closed', until, by: 'person', reason: 'test' } as const
        return {
          run: () => application.store.transaction(tx => application.freezes.put(tx, put)),
          mayCause: [],
          apply: state => {
            if (!state.frozen.has(id)) state.closedUntil.set(id, until)
          },
        }
      },
      letter: async () => {
        const code = await application.store.transaction(tx =>
          application.activationCodes.make(tx, id, days(1)),
        )
        secrets.letters.set(id, code)
        return {
          run: async () => {},
          mayCause: [],
          apply: state => !state.active.has(id) && state.letters.set(id, code),
        }
      },
      end: () => ({
        run: () => application.store.transaction(tx => setEnded(tx, [id], true)),
        mayCause: [],
        apply: state => state.ended.add(id),
      }),
      resume: () => ({
        run: () => application.store.transaction(tx => setEnded(tx, [id], false)),
        mayCause: [],
        apply: state => state.ended.delete(id),
      }),
    }
    return { what: `the desk's ${what}`, ...(await acts[what]()) }
  }
  return make
}
