import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Audit } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import { newId } from '../../keys.ts'
import type { Notices } from '../../notify/notify.ts'
import { guessable } from '../../proofs/joker/guessable.ts'
import type { Joker } from '../../proofs/joker/joker.ts'
import { isQuestionKey } from '../../proofs/joker/questions.ts'
import type { Store } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { type Answer, type Ask, go, problem } from '../../web/ask.ts'
import { field, optionalField } from '../../web/form.ts'
import type { Signed, SignedGuard } from '../sessions/signed.ts'
import { type Chosen, type JokerChoiceProblem, jokerChoicePage, ownQuestion } from './joker-choice.page.tsx'

const form = z.object({ question: optionalField(40), propre: optionalField(120), reponse: field(300) })

/** What was chosen: a key of the list, or the person's own words where the institution allows them. */
type Choice = { readonly question: string; readonly free: boolean; readonly answer: string }

const shortestQuestion = 10

type Parts = {
  readonly store: Store
  readonly clock: Clock
  readonly audit: Audit
  readonly notices: Notices
  readonly joker: Joker
  /** The documented price: a free question shows that its account exists (`docs/decisions/003-joker.md`). */
  readonly freeQuestions: boolean
  readonly guard: SignedGuard
  readonly ui: (language: Language) => Ui
}

/**
 * « Ma question joker »: one question of the list, and an answer that others would not guess. Choosing anew ends every
 * suspension: whoever does it has just proved who they are.
 */
export const jokerPlace = (parts: Parts) => {
  const { store, clock, audit, notices, joker, freeQuestions, guard, ui } = parts
  const page = (ask: Ask, problems: readonly JokerChoiceProblem[], chosen: Chosen): Answer => ({
    kind: 'page',
    status: problems.length > 0 ? 422 : 200,
    page: jokerChoicePage({ ui: ui(ask.language), problems, chosen, freeQuestions }),
  })

  const choiceOf = ({ question, propre, reponse }: z.infer<typeof form>): Choice => {
    const free = freeQuestions && question === ownQuestion
    return { free, question: free ? propre.trim() : question, answer: reponse }
  }

  const judge = ({ question, free, answer }: Choice, { person }: Signed): JokerChoiceProblem[] => {
    const known = free ? question.length >= shortestQuestion : isQuestionKey(question)
    const reason = guessable(answer, { person, question })
    return [
      ...(known
        ? []
        : [
            {
              field: free ? ('propre' as const) : ('question' as const),
              reason: 'question-missing' as const,
            },
          ]),
      ...(reason ? [{ field: 'reponse' as const, reason }] : []),
    ]
  }

  const set = async (ask: Ask, { person }: Signed, { question, free, answer }: Choice): Promise<Answer> => {
    const salt = randomBytes(16).toString('base64url')
    const hashed = await joker.hashAnswer(answer, salt)
    if (!hashed.ok) return problem('busy', { retryAfter: 5 })
    await store.transaction(async tx => {
      await joker.clear(tx, person.id)
      await joker.set(tx, { person: person.id, question, free, salt, hash: hashed.hash })
      await notices.write(tx, {
        kind: 'joker-changed',
        person: person.id,
        facts: { at: clock.now(), event: `joker-set:${newId()}` },
        language: ask.language,
      })
      await audit.append(tx, {
        chain: person.id,
        kind: 'joker.set',
        by: { kind: 'person', id: person.id },
      })
    })
    return go(ask.href('account'))
  }

  return {
    get: guard('jokerChoice', 'fresh', async ask => page(ask, [], { question: '', propre: '' })),

    post: guard('jokerChoice', 'fresh', async (ask, signed) => {
      const fields = form.safeParse(ask.body)
      if (!fields.success) return problem('bad-request')
      const choice = choiceOf(fields.data)
      const problems = judge(choice, signed)
      return problems.length > 0 ? page(ask, problems, fields.data) : set(ask, signed, choice)
    }),
  }
}
