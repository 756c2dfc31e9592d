import type { PersonId } from '../../src/directory/directory.ts'
import type { Destination } from '../../src/proofs/sent-code/destination.ts'
import type { PortalFixture } from './portal.ts'

/** Confirms a recovery address or mobile of this person, without the code that the page asks for. */
export const confirmContact = (
  { application }: Pick<PortalFixture, 'application'>,
  { id }: { readonly id: string },
  to: string,
) =>
  application.store.transaction(tx =>
    application.accounts.contacts.add(tx, { id: id as PersonId, addresses: [] }, to as Destination),
  )
