import type { Journey } from '../journey.ts'

/** What every event of a journey says in the audit: which journey, so that the journal tells them as one story, and which device. */
export const journeyDetails = ({ id, device }: Pick<Journey<{ step: string }>, 'id' | 'device'>) => ({
  story: id.slice(0, 12),
  device,
})
