import type { Keys } from '../../crypto/keys.ts'
import { refusedFormAnew, sealRefusedForm, unsealRefusedForm } from '../../web/refused-form.ts'

const sealContext = (journey: string) => `journeys.facts.${journey}`

/** The refused form that the page of a journey's step shows, in the facts of its row. */
export const sealJourneyForm = (keys: Keys, journey: string, shown: object) =>
  sealRefusedForm(keys, sealContext(journey), shown)

export const unsealJourneyForm = <Shown extends object>(
  keys: Keys,
  journey: string,
  sealed: string | undefined,
) => unsealRefusedForm<Shown>(keys, sealContext(journey), sealed)

/** The same form under the present root key; throws when it opens under none. */
export const journeyFormAnew = (keys: Keys, journey: string, sealed: string) =>
  refusedFormAnew(keys, sealContext(journey), sealed)
