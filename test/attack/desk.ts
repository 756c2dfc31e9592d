import type { Application } from '../../src/application.ts'
import { days } from '../../src/clock.ts'
import type { Tx } from '../../src/store/store.ts'
import type { CrowdMember } from '../world/crowd.ts'
import type { DeskOperationKind } from './actions.ts'
import { endSessionsAndJourneys } from './event-effects.ts'
import type { Secrets } from './proofs.ts'
import type { DeskOperation } from './request-sender.ts'
import type { State } from './state.ts'

/** Sets whether the directory says that these accounts have ended. */
export const setEnded = async (tx: Tx, people: readonly string[], ended: boolean) => {
  const rows = await tx
    .selectFrom('embedded_people')
    .select(['id', 'entry'])
    .where('id', 'in', people)
    .execute()
  for (const row of rows) {
    const entry = JSON.stringify({ ...JSON.parse(row.entry), closed: ended && 'by-record' })
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

/** Operations of the helpdesk and of the directory, between or during the steps of people. */
export const createDesk = (application: Application, secrets: Secrets, now: () => number) => {
  const make = async (what: DeskOperationKind, { id }: CrowdMember): Promise<DeskOperation> => {
    const acts: {
      readonly [does in DeskOperationKind]: () =>
        | Omit<DeskOperation, 'what'>
        | Promise<Omit<DeskOperation, 'what'>>
    } = {
      freeze: () => ({
        run: () => application.helpdesk.freeze(id, { by: 'test', reason: 'test' }),
        // A freeze writes a random password, recorded like any other.
        mayCause: [`password.written:${id}`],
        apply: state => {
          state.frozen.add(id)
          state.passwords.delete(id)
          discardProofs(state, id)
        },
      }),
      unfreeze: () => ({
        run: () => application.helpdesk.unfreeze(id, { by: 'test', reason: 'test', decided: 'keep' }),
        mayCause: [],
        apply: state => {
          const wasClosed = state.frozen.has(id) || (state.closedUntil.get(id) ?? 0) > now()
          state.frozen.delete(id)
          state.closedUntil.delete(id)
          // A person left without a joker may get a new activation code; an older code is void.
          if (wasClosed && !state.answers.has(id))
            for (const group of [state.active, state.activationCodes]) group.delete(id)
        },
      }),
      close: () => {
        const until = now() + days(7)
        const put = { person: id, kind: 'recovery-closed', until, by: 'person', reason: 'test' } as const
        return {
          run: () => application.store.transaction(tx => application.accounts.freezes.put(tx, put)),
          mayCause: [],
          apply: state => {
            if (!state.frozen.has(id)) state.closedUntil.set(id, until)
          },
        }
      },
      'activation-code': async () => {
        const code = await application.store.transaction(tx =>
          application.proofs.activationCodes.make(tx, id, days(1)),
        )
        secrets.activationCodes.set(id, code)
        return {
          run: async () => {},
          mayCause: [],
          apply: state => !state.active.has(id) && state.activationCodes.set(id, code),
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
    return { what: `desk operation ${what}`, ...(await acts[what]()) }
  }
  return make
}
