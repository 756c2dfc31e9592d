import type { Person } from '../directory/directory.ts'
import type { OutboxContext } from './outbox-deps.ts'

/** Each mail address at which the person can be reached: those of the directory, and those that were confirmed. */
export async function knownAddressesOf(
  { rows, confirmedMails }: OutboxContext,
  { id, addresses }: Pick<Person, 'id' | 'addresses'>,
) {
  const confirmed = await confirmedMails(id)
  const own = new Set(addresses.map(rows.digestOf))
  return [
    ...addresses.map(to => ({ to, from: 'directory' as const })),
    ...confirmed.filter(to => !own.has(rows.digestOf(to))).map(to => ({ to, from: 'contact' as const })),
  ]
}
