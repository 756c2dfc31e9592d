import { newId } from '../crypto/crypto.ts'
import type { PersonId } from '../directory/directory.ts'
import { type RetentionOf, withAccount } from '../retention-rule.ts'
import type { Store, Tx } from '../store/store.ts'
import { ownLanguage } from '../texts/locales.ts'
import { type Language, storedLanguage } from '../texts/texts.ts'

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

/**
 * The language of a mail that no request of the person causes: that in which they last read the charter, with each new password.
 * People who never chose a password here get the language of the institution.
 */
export async function languageOf(db: Store['read'], person: PersonId): Promise<Language> {
  const last = await db
    .selectFrom('charter_acceptances')
    .select('language')
    .where('person', '=', person)
    .orderBy('accepted_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last ? storedLanguage(last.language) : ownLanguage
}

export const charterRetention: RetentionOf<'charter_acceptances'> = {
  charter_acceptances: withAccount('charter_acceptances'),
}
