import { report } from '../check-lines.ts'
import type { Finding } from '../directory.ts'
import type { PeopleSettings } from './settings.ts'

/** An id that an institution gives again leads its new owner to the joker and the factors of the former one. */
export const checkReusableId = ({ attributes, numbers }: PeopleSettings): Finding[] => {
  const { id, login } = attributes
  const given = [login, 'uid', 'mail', ...Object.values(numbers).map(({ attribute }) => attribute)]
  if (!given.some(attribute => attribute.toLowerCase() === id.toLowerCase())) return []
  return [
    report('reusable-id', {
      means: `The stable id is ${id}: whoever is given one that was of somebody else inherits the joker, the second factors and the journal, until these are erased.`,
      values: { attribute: id },
    }),
  ]
}
