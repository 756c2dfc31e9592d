import type { Rekeying } from '../../rekeying.ts'
import { journeyFormAnew } from './journey-form.ts'
import { loginAnew } from './journey-login.ts'
import type { NewPasswordState } from './steps.ts'

type Facts = Pick<NewPasswordState, 'sealedLogin' | 'refusedForm'>

/**
 * What is sealed in the facts of a journey, whether it is open, ended or left. It keeps the version, so that an open form stays valid.
 * A request that read the facts before may write them back, and the next round finds them.
 */
export const journeyRekeying: Rekeying<'journeys'> = {
  table: 'journeys',
  row: 'id',
  rekey: (keys, { id, facts }) => {
    const known = JSON.parse(facts) as Facts
    const { sealedLogin, refusedForm } = known
    const anew = JSON.stringify({
      ...known,
      ...(sealedLogin && { sealedLogin: loginAnew(keys, id, sealedLogin) }),
      ...(refusedForm && { refusedForm: journeyFormAnew(keys, id, refusedForm) }),
    })
    return anew === JSON.stringify(known) ? null : { facts: anew }
  },
}
