import { digestOf } from '../../src/crypto/crypto.ts'
import type { PortalFixture } from './portal.ts'
import type { Visitor } from './visitor.ts'

/** What the row of this visitor's journey holds, without the person and the sealed login, which differ between people by right. */
export const readJourneyRow = async ({ application }: PortalFixture, visitor: Visitor) => {
  const { facts, proved, version, person } = await application.store.read
    .selectFrom('journeys')
    .selectAll()
    .where('id', '=', digestOf(visitor.cookies.get('__Host-journey') ?? ''))
    .executeTakeFirstOrThrow()
  const { person: _, sealedLogin: __, ...state } = JSON.parse(facts)
  return { state, proved, version, person }
}
