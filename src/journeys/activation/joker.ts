import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { HashRefusal } from '../../hashing/hashing.ts'
import { guessable } from '../../proofs/joker/guessable.ts'
import { isQuestionKey, type QuestionKey } from '../../proofs/joker/questions.ts'
import { type Answer, type Ask, go, type Handler, problem } from '../../web/ask.ts'
import { field, optionalField } from '../../web/form.ts'
import { publicRef } from '../steps/guard.ts'
import { standIn } from '../steps/place.ts'
import { pages } from './activation.ts'
import { type JokerProblem, jokerPage } from './joker.page.tsx'
import type { Parts } from './parts.ts'

const form = z.object({ question: optionalField(40), reponse: field(300), demarche: optionalField(40) })
type Fields = z.infer<typeof form>

/** The joker is chosen: a question of the list, and an answer that nobody else would find. */
export const activationJoker = (parts: Parts) => {
  const { store, directory, joker, journeys, audit } = parts
  const stand = standIn(parts, 'joker')
  type Here = Extract<Awaited<ReturnType<typeof stand.guard>>, { journey: unknown }>['journey']

  const page = (ask: Ask, journey: Here, problems: readonly JokerProblem[] = [], question = ''): Answer => ({
    kind: 'page',
    status: problems.length === 0 ? 200 : problems[0]?.reason === 'journey-other-tab' ? 409 : 422,
    page: jokerPage({
      ui: parts.ui(ask.language),
      ...{ ref: publicRef(journey), question, problems, expiresAt: journey.expiresAt },
    }),
  })

  const keep = async (journey: Here, question: QuestionKey, answer: string): Promise<HashRefusal | null> => {
    const { person } = journey.state
    const salt = randomBytes(16).toString('base64url')
    const who = { network: journey.network, journey: journey.id }
    const hashed = await joker.hashAnswer(answer, salt, who)
    if (!hashed.ok) return hashed.reason
    await store.transaction(async tx => {
      if (!(await journeys.advance(tx, journey, 'chosen', { step: 'address', person }))) return
      await joker.set(tx, { person, question, free: false, salt, hash: hashed.hash })
      await audit.append(tx, { chain: person, kind: 'joker.set', by: { kind: 'person', id: person } })
    })
    return null
  }

  const submit = async (ask: Ask, journey: Here, { question, reponse }: Fields): Promise<Answer> => {
    const found = await directory.read(journey.state.person)
    if (!found.ok) return problem(found.reason)
    const known = isQuestionKey(question) ? question : null
    const weak = guessable(reponse, { person: found.person, question })
    const problems: JokerProblem[] = []
    if (!known) problems.push({ field: 'question', reason: 'question-missing' })
    if (weak) problems.push({ field: 'reponse', reason: weak })
    if (!known || problems.length > 0) return page(ask, journey, problems, question)
    const refusal = await keep(journey, known, reponse)
    if (refusal === 'hashing-twice') return stand.follow(ask, journey)
    return refusal ? problem('busy', { retryAfter: 5 }) : go(ask.href(pages.address))
  }

  const get: Handler = async ask => {
    const at = await stand.guard(ask)
    return 'elsewhere' in at ? at.elsewhere : page(ask, at.journey)
  }

  const post: Handler = async ask => {
    const fields = form.safeParse(ask.body)
    if (!fields.success) return problem('bad-request')
    const at = await stand.guard(ask)
    if ('elsewhere' in at) return at.elsewhere
    if (fields.data.demarche !== publicRef(at.journey))
      return page(ask, at.journey, [{ field: null, reason: 'journey-other-tab' }])
    return submit(ask, at.journey, fields.data)
  }

  return { get, post }
}
