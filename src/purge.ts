import { eraseDetails } from './audit/verify.ts'
import { days } from './clock.ts'
import type { House } from './house.ts'

/** Forgets what its age allows no longer: the retention that the privacy page tells is applied, not only written. */
export const purge = async (
  house: Pick<House, 'store' | 'clock' | 'limits' | 'attempts' | 'deliveries' | 'epochs' | 'recoveryCodes'>,
) => {
  const { store, clock, limits, attempts, deliveries, epochs, recoveryCodes } = house
  const now = clock.now()
  await store.transaction(async tx => {
    await tx
      .deleteFrom('journeys')
      .where('ends_at', '<', now - limits.purgeJourneys)
      .execute()
    await tx.deleteFrom('counters').where('expires_at', '<', now).execute()
    await tx
      .deleteFrom('joker_tries')
      .where('at', '<', now - limits.purgeCounters)
      .execute()
    await tx
      .deleteFrom('joker_suspensions')
      .where('level', '=', 0)
      .where('at', '<', now - limits.purgeCounters)
      .execute()
    // A person's doubling ends by the person or the desk; what nobody left goes long after anybody could compare.
    await tx
      .deleteFrom('joker_suspensions')
      .where('known', '=', 0)
      .where('at', '<', now - days(400))
      .execute()
    await tx.deleteFrom('sent_codes').where('expires_at', '<', now).execute()
    await tx.deleteFrom('activation_codes').where('expires_at', '<', now).execute()
    await tx.deleteFrom('half_sign_ins').where('expires_at', '<', now).execute()
    await tx.deleteFrom('passkey_challenges').where('expires_at', '<', now).execute()
    for (const table of ['authenticators', 'passkeys'] as const)
      await tx
        .deleteFrom(table)
        .where('confirmed_at', 'is', null)
        .where('made_at', '<', now - limits.factorPending)
        .execute()
    await recoveryCodes.forgetWaiting(tx)
    await tx.deleteFrom('not_me_tokens').where('expires_at', '<', now).execute()
    await tx
      .deleteFrom('sessions')
      .where(eb => eb.or([eb('ends_at', '<', now), eb('seen_at', '<', now - limits.sessionIdle)]))
      .execute()
    await tx.deleteFrom('known_browsers').where('expires_at', '<', now).execute()
    await tx
      .deleteFrom('mails')
      .where('state', '!=', 'ready')
      .where('sent_at', '<', now - days(2))
      .execute()
    await tx.deleteFrom('receipts').where('expires_at', '<', now).execute()
    // The newest of each service stays: « Mes services » tells where it stands. Nothing secret is left in it.
    await tx
      .deleteFrom('deliveries')
      .where('settled_at', '<', now - limits.purgeJourneys)
      .where(({ exists, selectFrom, or, eb }) =>
        or([
          eb('settled_at', '<', now - limits.purgeDetails),
          exists(
            selectFrom('deliveries as newer')
              .select('newer.id')
              .whereRef('newer.person', '=', 'deliveries.person')
              .whereRef('newer.service', '=', 'deliveries.service')
              .whereRef('newer.generation', '>', 'deliveries.generation'),
          ),
        ]),
      )
      .execute()
    await tx
      .deleteFrom('attempts')
      .where('state', '!=', 'open')
      .where('settled_at', '<', now - limits.purgeJourneys)
      .execute()
  })
  await eraseDetails(store, now - limits.purgeDetails)
  const inUse = await Promise.all([attempts.epochsInUse(), deliveries.epochsInUse()])
  await epochs.destroyUnused(new Set(inUse.flatMap(epochsOf => [...epochsOf])))
  return 0
}
