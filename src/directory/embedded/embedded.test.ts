import { newStore } from '../../../test/world/stores.ts'
import { embeddedEntryOf } from '../../demonstration/demonstration.ts'
import { demoPeople } from '../../demonstration/people.ts'
import { openHashing } from '../../hashing/hashing.ts'
import { directoryContract } from '../contract.ts'
import { noLockout } from '../lockout.ts'
import { createEmbeddedDirectory, type EmbeddedEntry, insertMissingEntries } from './embedded.ts'
import { createEmbeddedPasswords } from './passwords.ts'

const createEntry = (
  id: string,
  kind: string,
  number: string,
  more: Partial<EmbeddedEntry> = {},
): EmbeddedEntry => ({
  id,
  login: id,
  populations: ['staff'],
  displayName: id,
  firstNames: [],
  familyNames: [],
  birthDate: null,
  addresses: [],
  privileged: false,
  closed: false,
  numbers: { [kind]: number },
  password: null,
  ...more,
})

directoryContract('the embedded one', true, async () => {
  const { store, forget } = await newStore()
  const hashing = openHashing()
  const passwords = createEmbeddedPasswords(hashing)
  const specialEntries = [
    createEntry('twin-a', 'staff-number', '777001'),
    createEntry('twin-b', 'staff-number', '777001'),
    createEntry('admin', 'staff-number', '777002', { privileged: true }),
    createEntry('parti', 'student-number', '77700003', { closed: 'by-record' }),
  ]
  await insertMissingEntries(store, [...demoPeople.map(embeddedEntryOf), ...specialEntries], passwords)
  return {
    directory: createEmbeddedDirectory({ store, passwords }),
    lockout: noLockout,
    twinNumber: '777001',
    adminNumber: '777002',
    leaverNumber: '77700003',
    rename: async (from, to) => {
      const row = await store.read
        .selectFrom('embedded_people')
        .selectAll()
        .where('login', '=', from)
        .executeTakeFirstOrThrow()
      const entry = JSON.stringify({ ...JSON.parse(row.entry), login: to })
      await store.transaction(tx =>
        tx.updateTable('embedded_people').set({ login: to, entry }).where('id', '=', row.id).execute(),
      )
    },
    stop: async () => {
      await hashing.close()
      await forget()
    },
  }
})
