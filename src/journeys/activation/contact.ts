import { z } from 'zod'
import type { Person } from '../../directory/directory.ts'
import { type Destination, parseMail } from '../../proofs/code/destination.ts'
import { parseMobile } from '../../proofs/code/mobile.ts'
import { ok, refused } from '../../result.ts'
import { type Answer, type Ask, go, type Handler, problem } from '../../web/ask.ts'
import { checkbox, optionalField } from '../../web/form.ts'
import { publicRef } from '../steps/guard.ts'
import { standIn } from '../steps/place.ts'
import { pages } from './activation.ts'
import { type ContactProblem, contactPage } from './contact.page.tsx'
import { onward, requestOf, type Spot } from './contact-spots.ts'
import type { Parts } from './parts.ts'

const form = z.object({ contact: optionalField(300), passer: checkbox(), demarche: optionalField(40) })

/** An address that opens with the very account is of no help when that account is lost. */
const read = (spot: Spot, typed: string, person: Person | null, countries: readonly string[]) => {
  const parsed = spot.kind === 'mail' ? parseMail(typed) : parseMobile(typed, countries)
  if (!parsed.ok) return parsed
  const own = person?.addresses[0]?.toLowerCase() === parsed.to.toLowerCase()
  return own ? refused('mail-own') : ok({ to: parsed.to })
}

/** A recovery address, or a mobile: typed here, confirmed by a code at the next step; or left out, its price told. */
export const contactStep = (parts: Parts, spot: Spot) => {
  const { store, directory, journeys, codes, audit, messages } = parts
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
    const parsed = read(spot, typed, found.person, messages.countries)
    if (!parsed.ok) return page(ask, journey, parsed.reason, typed)
    return send(ask, journey, parsed.to, found.person?.displayName ?? '')
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
