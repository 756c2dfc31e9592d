import { z } from 'zod'
import { type Destination, parseMail } from '../../proofs/code/destination.ts'
import { parseMobile } from '../../proofs/code/mobile.ts'
import { type Answer, type Ask, go, type Handler, problem } from '../../web/ask.ts'
import { checkbox, optionalField } from '../../web/form.ts'
import { publicRef } from '../steps/guard.ts'
import { standIn } from '../steps/place.ts'
import { pages } from './activation.ts'
import { type ContactProblem, contactPage } from './contact.page.tsx'
import { onward, requestOf, type Spot } from './contact-spots.ts'
import { onlyHere } from './only-here.ts'
import type { Parts } from './parts.ts'

const form = z.object({ contact: optionalField(300), passer: checkbox(), demarche: optionalField(40) })

/** A recovery address, or a mobile: typed here, confirmed by a code at the next step; or left out, its price told. */
export const contactStep = (parts: Parts, spot: Spot) => {
  const { store, directory, journeys, codes, contacts, audit, messages } = parts
  const stand = standIn(parts, spot.at)
  type Here = Extract<Awaited<ReturnType<typeof stand.guard>>, { journey: unknown }>['journey']

  const page = async (
    ask: Ask,
    journey: Here,
    problem: ContactProblem | null = null,
    typed = '',
  ): Promise<Answer> => ({
    kind: 'page',
    status: problem === null ? 200 : problem === 'journey-other-tab' ? 409 : 422,
    page: contactPage({
      ui: parts.ui(ask.language),
      ...{ spot, ref: publicRef(journey), typed, problem, expiresAt: journey.expiresAt },
      offered: spot.kind === 'mail' || (await messages.offered()),
    }),
  })

  const skip = async (ask: Ask, journey: Here): Promise<Answer> => {
    const { event, next } = onward(spot, journey.state.person, await messages.offered(), 'skipped')
    const moved = await store.transaction(tx => journeys.advance(tx, journey, event, next))
    return moved ? go(ask.href(pages[next.step])) : stand.follow(ask, journey)
  }

  const send = async (ask: Ask, journey: Here, to: Destination, name: string): Promise<Answer> => {
    const { person } = journey.state
    const request = requestOf(journey, spot)
    if (!(await store.transaction(tx => onlyHere(parts, tx, journey)))) return stand.follow(ask, journey)
    const sent = await codes.send({
      ...{ request, to, person, name, language: journey.language },
      network: ask.network,
    })
    if (!sent.ok) return page(ask, journey, sent.reason, to)
    const moved = await store.transaction(async tx => {
      await audit.append(tx, {
        ...{ chain: person, kind: 'code.sent', by: { kind: 'person', id: person } },
        details: { to: spot.kind },
      })
      return journeys.advance(tx, journey, 'sent', { step: spot.code, person })
    })
    return moved ? go(ask.href(pages[spot.code])) : stand.follow(ask, journey)
  }

  const submit = async (ask: Ask, journey: Here, typed: string): Promise<Answer> => {
    const found = await directory.read(journey.state.person)
    if (!found.ok) return problem(found.reason)
    const parsed = spot.kind === 'mail' ? parseMail(typed) : parseMobile(typed, messages.countries)
    if (!parsed.ok) return page(ask, journey, parsed.reason, typed)
    const { id, addresses = [], displayName = '' } = found.person ?? { id: journey.state.person }
    const refusal = await contacts.refusalOf({ id, addresses }, parsed.to)
    return refusal ? page(ask, journey, refusal, typed) : send(ask, journey, parsed.to, displayName)
  }

  const get: Handler = async ask => {
    const at = await stand.guard(ask)
    return 'elsewhere' in at ? at.elsewhere : page(ask, at.journey)
  }

  const post: Handler = async ask => {
    const fields = form.safeParse(ask.body)
    if (!fields.success) return problem('bad-request')
    const { demarche, contact, passer } = fields.data
    const at = await stand.guard(ask)
    if ('elsewhere' in at) return at.elsewhere
    if (demarche !== publicRef(at.journey)) return page(ask, at.journey, 'journey-other-tab')
    return passer ? skip(ask, at.journey) : submit(ask, at.journey, contact)
  }

  return { get, post }
}
