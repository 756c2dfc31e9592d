import type { JourneyKind, Towards, Which } from './actions.ts'
import {
  type Acting,
  chosen,
  type Deps,
  newPlace,
  next,
  type Prepare,
  type Prepared,
} from './browser-lookups.ts'
import { pathsOf } from './expectations.ts'
import type { keyFormsOf } from './key-forms.ts'
import type { Browser, Request } from './request-sender.ts'

type Card = {
  readonly journeyKind: JourneyKind
  readonly person: number
  readonly right: boolean
  readonly card: string
}

/** The forms of the journeys, each as an attacker fills it. */
export const journeyFormsOf = ({ walk }: Deps, acting: Acting) => {
  const { otherOf, journeyIn, personIn, startOf, refOf, codeOf, readCode } = acting

  /** Mostly the one who has a letter, where a letter is asked for. */
  const identify = (browser: Browser, { journeyKind, person, right, card }: Card): Request => {
    const at = journeyKind === 'activation' && person !== 1 ? 2 : person
    const { number = '', date = '', login = '' } = walk.people[at] ?? {}
    return {
      ...{ browser, path: `${pathsOf[journeyKind].start}/identification/${card}` },
      body: { numero: card === 'uid' ? login : number, naissance: right ? date : '3/3/1983' },
    }
  }

  const rightAnswer = (browser: Browser) => walk.state.answers.get(personIn(browser)) ?? 'rex'
  const answer = (browser: Browser, reponse: string, ref: Which, towards: Towards = 'own'): Request => ({
    ...{ browser, path: `${startOf(browser, towards).start}/question-joker` },
    body: { reponse, question: 'pet', demarche: refOf(browser, ref) },
  })

  const type = (browser: Browser, right: boolean, ref: Which): Request => ({
    ...{ browser, path: '/fr/activation/code' },
    body: {
      code: (right && walk.secrets.letters.get(personIn(browser))) || 'AAAA-BBBB-CCCC-DDDD',
      demarche: refOf(browser, ref),
    },
  })

  const receive: Prepare<'receive'> = async ({ code: which, of, at }, browser) => {
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
      ...{ browser, path: `${startOf(browser, towards).start}/second-element` },
      body: { code: codeOf(personIn(browser), by), demarche: refOf(browser, ref) },
    })) satisfies Prepare<'show'>,
    choose: (async ({ ref, charter, towards }, browser) => {
      const { start, choose } = startOf(browser, towards)
      const body = { ...chosen(charter), demarche: refOf(browser, ref) }
      return { browser, path: `${start}/${choose}`, body }
    }) satisfies Prepare<'choose'>,
  }
}

type Forms = ReturnType<typeof journeyFormsOf>
type Keys = ReturnType<typeof keyFormsOf>

/** The next step as an honest person takes it, wherever this browser stands. */
export const onwardOf = ({ walk }: Deps, acting: Acting, forms: Forms, keys: Keys): Prepare<'onward'> => {
  const { journeyIn, personIn, refOf, codeOf, readCode } = acting
  type Body = () => Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>

  const factor = async (browser: Browser, path: string): Prepared =>
    (walk.state.keys.get(personIn(browser))?.length ?? 0) > 0 && next() % 2 === 0
      ? keys.sign({ kind: 'sign', browser: 0, whose: 'own', from: 'own', towards: 'own' }, browser)
      : {
          ...{ browser, path },
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
        journey.activated ? `rantanplan ${next()}` : forms.rightAnswer(browser),
        'own',
      )
    if (step === 'second-element') return factor(browser, path)
    if (step === 'code') return forms.type(browser, true, 'own')
    const bodies: Readonly<Record<string, Body>> = {
      ...{ nouveau: () => chosen(true), 'mot-de-passe': () => chosen(true) },
      adresse: () => ({ contact: newPlace('mail', browser) }),
      mobile: () => ({ contact: newPlace('mobile', browser) }),
      'adresse/code': async () => ({ code: await readCode(browser, 'journey', 'mail') }),
      'mobile/code': async () => ({ code: await readCode(browser, 'journey', 'mobile') }),
    }
    const body = await bodies[step]?.()
    return body ? { browser, path, body: { ...body, demarche: refOf(browser) } } : begin
  }
}
