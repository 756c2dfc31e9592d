import { newId } from '../crypto/crypto.ts'
import type { PersonId } from '../directory/directory.ts'
import { type RetentionOf, withAccount } from '../retention-rule.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Language } from '../texts/texts.ts'

/** Which version of the charter a person accepted, in which language, and when. */
export function recordAcceptance(
  tx: Tx,
  accepted: { person: PersonId; version: string; language: Language; at: number },
) {
  const { person, version, language, at } = accepted
  return tx
    .insertInto('charter_acceptances')
    .values({ id: newId(), person, version, language, accepted_at: at })
    .execute()
}

export async function acceptancesOf(db: Store['read'], person: PersonId) {
  const rows = await db
    .selectFrom('charter_acceptances')
    .select(['version', 'accepted_at'])
    .where('person', '=', person)
    .execute()
  return rows.map(({ version, accepted_at }) => ({ version, acceptedAt: accepted_at }))
}

export const charterRetention: RetentionOf<'charter_acceptances'> = {
  charter_acceptances: withAccount('charter_acceptances'),
}
