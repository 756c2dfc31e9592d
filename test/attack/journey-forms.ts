import type { JourneyKind, Ownership, TargetJourney } from './actions.ts'
import {
  chosen,
  type Deps,
  type Lookups,
  newContact,
  nextNumber,
  type PreparedForm,
  type PrepareForm,
} from './browser-lookups.ts'
import { pathsOf } from './expectations.ts'
import type { createKeyForms } from './key-forms.ts'
import type { Browser, FormRequest } from './request-sender.ts'

type Identification = {
  readonly journeyKind: JourneyKind
  readonly person: number
  readonly right: boolean
  readonly card: string
}

/** The forms of the journeys. */
export const createJourneyForms = ({ run }: Deps, lookups: Lookups) => {
  const { otherOf, journeyIn, personIn, startOf, refOf, codeOf, readCode } = lookups

  /** For an activation, mostly the person who has an activation code. */
  const identify = (browser: Browser, { journeyKind, person, right, card }: Identification): FormRequest => {
    const at = journeyKind === 'activation' && person !== 1 ? 2 : person
    const { number = '', date = '', login = '' } = run.people[at] ?? {}
    return {
      browser,
      path: `${pathsOf[journeyKind].start}/identification/${card}`,
      body: { numero: card === 'uid' ? login : number, naissance: right ? date : '3/3/1983' },
    }
  }

  const rightAnswer = (browser: Browser) => run.state.answers.get(personIn(browser)) ?? 'rex'
  const answer = (
    browser: Browser,
    reponse: string,
    ref: Ownership,
    towards: TargetJourney = 'own',
  ): FormRequest => ({
    browser,
    path: `${startOf(browser, towards).start}/question-joker`,
    body: { reponse, question: 'pet', demarche: refOf(browser, ref) },
  })

  const type = (browser: Browser, right: boolean, ref: Ownership): FormRequest => ({
    browser,
    path: '/fr/activation/code',
    body: {
      code: (right && run.secrets.activationCodes.get(personIn(browser))) || 'AAAA-BBBB-CCCC-DDDD',
      demarche: refOf(browser, ref),
    },
  })

  const receive: PrepareForm<'receive'> = async ({ code: which, of, at }, browser) => {
    const journey = journeyIn(browser)
    const from = journey && /\/(adresse|mobile)\/code$/.test(journey.at) ? 'journey' : 'account'
    const owner = which === 'other' ? otherOf(browser) : browser
    const code = which === 'none' ? '00000000' : await readCode(owner, from, of)
    if (from === 'account') return { browser, path: `/fr/compte/adresses/${at}`, body: { code } }
    return { browser, path: journey?.at ?? '', body: { code, demarche: refOf(browser) } }
  }

  return {
    identify,
    rightAnswer,
    answer,
    type,
    receive,
    show: (async ({ by, ref, towards }, browser) => ({
      browser,
      path: `${startOf(browser, towards).start}/second-element`,
      body: { code: codeOf(personIn(browser), by), demarche: refOf(browser, ref) },
    })) satisfies PrepareForm<'show'>,
    choose: (async ({ ref, charter, towards }, browser) => {
      const { start, choose } = startOf(browser, towards)
      const body = { ...chosen(charter), demarche: refOf(browser, ref) }
      return { browser, path: `${start}/${choose}`, body }
    }) satisfies PrepareForm<'choose'>,
  }
}

type Forms = ReturnType<typeof createJourneyForms>
type Keys = ReturnType<typeof createKeyForms>

/** The next step of the journey in this browser, filled with the right data. */
export const createNextStep = (
  { run }: Deps,
  lookups: Lookups,
  forms: Forms,
  keys: Keys,
): PrepareForm<'next-step'> => {
  const { journeyIn, personIn, refOf, codeOf, readCode } = lookups
  type Body = () => Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>

  const factor = async (browser: Browser, path: string): PreparedForm =>
    (run.state.keys.get(personIn(browser))?.length ?? 0) > 0 && nextNumber() % 2 === 0
      ? keys.sign({ kind: 'sign', browser: 0, whose: 'own', from: 'own', towards: 'own' }, browser)
      : {
          browser,
          path,
          body: { code: codeOf(personIn(browser), 'app'), demarche: refOf(browser) },
        }

  return async ({ journeyKind, person }, browser) => {
    const journey = journeyIn(browser)
    const begin = forms.identify(browser, { journeyKind, person, right: true, card: 'numero-personnel' })
    if (!journey) return begin
    const path = journey.at
    const step = path.slice(pathsOf[journey.journeyKind].start.length + 1)
    if (step === 'question-joker')
      return forms.answer(
        browser,
        journey.activated ? `rantanplan ${nextNumber()}` : forms.rightAnswer(browser),
        'own',
      )
    if (step === 'second-element') return factor(browser, path)
    if (step === 'code') return forms.type(browser, true, 'own')
    const bodies: Readonly<Record<string, Body>> = {
      nouveau: () => chosen(true),
      'mot-de-passe': () => chosen(true),
      adresse: () => ({ contact: newContact('mail', browser) }),
      mobile: () => ({ contact: newContact('mobile', browser) }),
      'adresse/code': async () => ({ code: await readCode(browser, 'journey', 'mail') }),
      'mobile/code': async () => ({ code: await readCode(browser, 'journey', 'mobile') }),
    }
    const body = await bodies[step]?.()
    return body ? { browser, path, body: { ...body, demarche: refOf(browser) } } : begin
  }
}
