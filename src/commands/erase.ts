import type { Application } from '../application.ts'
import type { PersonId } from '../directory/directory.ts'
import { type ErasureRefusal, eraseFromStore } from '../helpdesk/erasure.ts'
import type { Justification } from '../helpdesk/justification.ts'
import { eraseAtOnce } from '../retention.ts'
import { fail, print, withApplication } from './command-context.ts'

const refusals = {
  frozen: 'is frozen, or its recovery is closed: nothing was erased. See « sesame unfreeze ».',
  'write-open': 'has a password that is being written: nothing was erased. Repeat the command in a minute.',
  'delivery-open':
    'has a password that a service has not taken yet: nothing was erased. See « sesame person », and repeat the command once it has.',
} as const satisfies Record<ErasureRefusal, string>

type ErasureOptions = Justification & { readonly id?: true }

/** Whoever has left the directory has no login any more, and is named by the id. */
async function idOf({ directory }: Application, name: string, isId: boolean): Promise<PersonId | null> {
  if (isId) return name as PersonId
  const found = await directory.findLogin(name)
  if (!found.ok) fail('The directory does not answer.')
  else if (!found.person)
    fail(`No single person has the login ${name}. Somebody who has left is named by the id: --id.`)
  return found.ok ? (found.person?.id ?? null) : null
}

/** Erases all that Sésame holds of one person. */
export const erase = (name: string, { id: isId, ...why }: ErasureOptions) =>
  withApplication(async application => {
    const person = await idOf(application, name, isId === true)
    if (person === null) return
    const { store, audit, accounts, passwordWrite, deliveries } = application
    const erased = await eraseFromStore(
      {
        store,
        audit,
        freezes: accounts.freezes,
        attempts: passwordWrite.attempts,
        deliveries: deliveries.queue,
        erase: eraseAtOnce,
      },
      person,
      why,
    )
    if (!erased.ok) return fail(`${name} ${refusals[erased.reason]}`)
    print(`Nothing of ${name} is left in Sésame but the chained log, which has the id alone.`)
    print(
      'Mails that were sent are erased after limits.purgeMails. The account is the directory’s: while it is there, its owner can use Sésame anew, and an import that has a line for it brings its numbers back.',
    )
  })
