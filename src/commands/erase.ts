import type { Application } from '../application.ts'
import type { PersonId } from '../directory/directory.ts'
import { findBorn } from '../directory/imported/rows.ts'
import { type ErasureRefusal, eraseFromStore } from '../helpdesk/erasure.ts'
import type { Justification } from '../helpdesk/justification.ts'
import { hasContact } from '../identity/contacts.ts'
import { eraseAtOnce } from '../retention.ts'
import { hasPersonRow } from '../services/source/known-people.ts'
import { fail, print, withApplication } from './command-context.ts'

const refusals = {
  frozen: 'is frozen, or its recovery is closed: nothing was erased. See « sesame unfreeze ».',
  'write-open': 'has a password that is being written: nothing was erased. Repeat the command in a minute.',
  'delivery-open':
    'has a password that a service has not taken yet: nothing was erased. See « sesame person », and repeat the command once it has.',
} as const satisfies Record<ErasureRefusal, string>

type ErasureOptions = Justification & { readonly id?: true }

type Erased = { readonly id: PersonId; readonly isThere: boolean }

/** Whether the store has a row of this id: a mistyped one must not be taken for somebody who is erased. */
async function isKnown({ store, proofs }: Application, id: string) {
  const known = await Promise.all([
    hasPersonRow(store.read, id),
    hasContact(store.read, id),
    proofs.joker.exists(id),
    findBorn(store.read, id),
  ])
  return known.some(Boolean)
}

/** Whoever has left the directory has no login any more, and is named by the id. */
async function findErased(application: Application, name: string, isId: boolean): Promise<Erased | null> {
  const { directory } = application
  const found = await (isId ? directory.read(name as PersonId) : directory.findLogin(name))
  if (!found.ok) fail('The directory does not answer.')
  else if (found.person) return { id: found.person.id, isThere: true }
  else if (!isId)
    fail(`No single person has the login ${name}. Somebody who has left is named by the id: --id.`)
  else if (await isKnown(application, name)) return { id: name as PersonId, isThere: false }
  else fail(`Neither the directory nor Sésame has the id ${name}: nothing was erased.`)
  return null
}

/** Erases all that Sésame holds of one person. */
export const erase = (name: string, { id: isId, ...why }: ErasureOptions) =>
  withApplication(async application => {
    const person = await findErased(application, name, isId === true)
    if (person === null) return
    const { store, audit, accounts, passwordWrite } = application
    const erased = await eraseFromStore(
      {
        store,
        audit,
        freezes: accounts.freezes,
        attempts: passwordWrite.attempts,
        revocations: passwordWrite.revocations,
        accessMethods: accounts.accessMethods,
        erase: eraseAtOnce,
      },
      person,
      why,
    )
    if (!erased.ok) return fail(`${name} ${refusals[erased.reason]}`)
    print(
      `Of ${name} only the log is left: the chain, which has the id alone, and its details until limits.purgeDetails.`,
    )
    print(
      'Mails that were sent are erased after limits.purgeMails. The account is the directory’s: while it is there, its owner can use Sésame anew, and an import that has a line for it brings its numbers back.',
    )
  })
