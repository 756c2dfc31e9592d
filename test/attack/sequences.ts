import { fc } from '../world/properties.ts'
import {
  type Action,
  any,
  deskOperations,
  draw,
  type FactorInput,
  type FormAction,
  form,
  type JourneyKind,
  journeyKind,
  person,
  together,
  weighted,
} from './actions.ts'

/**
 * Which actions are sent, and in which order. Each sequence starts in a sensitive situation and draws actions of that situation
 * more often than others: rare combinations then occur within hundreds of sequences, not within a hundred thousand.
 */
type Scene = {
  readonly before: readonly Action[]
  /** Actions that are drawn often, among any other. */
  readonly often: fc.Arbitrary<Action>
}

const enter = (browser: number, who: number, by: 'password' | 'key' = 'password'): Action => ({
  kind: 'enter',
  browser,
  person: who,
  by,
})
const nextStep = (browser: number, on: JourneyKind, who: number, steps: number): Action[] =>
  Array.from({ length: steps }, () => ({ kind: 'next-step', browser, journeyKind: on, person: who }))

const recovery = fc.constantFrom<JourneyKind>('password', 'identifier')
/** The two people with a second factor: one an app, one a passkey. */
const holder = fc.constantFrom(1, 3)

/** Both browsers are asked for a joker answer: right and wrong, once and several times at once. */
const atJoker = fc.record({ on: recovery, who: fc.constantFrom(0, 0, 1, 3), steps: fc.nat({ max: 1 }) })
const jokerScene = atJoker.map(
  ({ on, who, steps }): Scene => ({
    before: [...nextStep(0, on, who, 1), ...nextStep(1, on, who, steps)],
    often: weighted<Action>(
      [5, together(draw.nextStep(fc.constant(who), fc.constant(on)))],
      [3, together(draw.answer(fc.constant(true)))],
      [3, draw.nextStep(fc.constant(who), fc.constant(on))],
      [2, draw.answer()],
      [3, draw.guess()],
      [1, draw.choose()],
      [1, draw.identify(fc.constant(who))],
    ),
  }),
)

/** Both browsers are asked for a second factor, of one person or of two. */
const factorScene = fc.record({ on: recovery, one: holder, other: fc.constantFrom(3, 3, 1) }).map(
  ({ on, one, other }): Scene => ({
    before: [...nextStep(0, on, one, 2), ...nextStep(1, on, other, 2)],
    often: weighted<Action>(
      [6, draw.sign()],
      [5, draw.show()],
      [3, draw.switch()],
      [4, draw.nextStep(fc.constant(one), fc.constant(on))],
      [2, together(weighted<FormAction>([1, draw.sign()], [1, draw.show()], [2, draw.nextStep()]))],
      [3, draw.choose()],
      [1, draw.identify(fc.constant(other))],
      [1, draw.replay()],
      [1, draw.look()],
    ),
  }),
)

/** Both browsers have sent a right password, and the sign-in is pending until a second factor. */
const waiting = fc.record({
  one: holder,
  other: fc.constantFrom(3, 3, 1),
  ended: fc.constantFrom(0, 0, 0, 1),
})
const entryScene = waiting.map(
  ({ one, other, ended }): Scene => ({
    before: [
      { kind: 'sign-in', browser: 0, person: one, right: true },
      { kind: 'sign-in', browser: 1, person: other, right: true },
      ...Array.from(
        { length: ended },
        (): Action => ({ kind: 'desk', what: 'end', person: one, concurrent: null }),
      ),
    ],
    often: weighted<Action>(
      [5, draw['sign-in-key'](fc.constant(other))],
      [4, draw.digits()],
      [3, draw.switch()],
      [4, draw['sign-in'](fc.constantFrom(one, other))],
      [2, together(weighted<FormAction>([1, draw.digits()], [1, draw['sign-in-key'](fc.constant(3))]))],
      [2, draw.desk(fc.constantFrom(one, other), fc.option(draw['sign-in-key'](), { freq: 1 }))],
    ),
  }),
)

/** Both browsers are signed in, as one person or as two. */
const accountScene = fc.record({ one: person, other: person, same: fc.boolean(), by: fc.boolean() }).map(
  ({ one, other, same, by }): Scene => ({
    before: [enter(0, one, by && one === 3 ? 'key' : 'password'), enter(1, same ? one : other)],
    often: weighted<Action>(
      [5, draw.manage()],
      [4, draw.manage('mail', 'mobile', 'change')],
      [4, draw.enrol()],
      [6, draw.receive()],
      [3, together(draw.manage('change', 'change', 'mail', 'app', 'print'))],
      [1, draw['confirm-key']()],
      [1, draw.confirm()],
      [1, draw['try-key']()],
      [1, draw.switch()],
      [2, draw.enter(fc.constant(one))],
      [2, draw.look()],
    ),
  }),
)

/** Two sessions of one person, which end by time, by another password, or by hand. */
const sessionScene = person.map(
  (who): Scene => ({
    before: [enter(0, who), enter(1, who)],
    often: weighted<Action>(
      [3, draw.wait(11, 16, 31)],
      [4, draw.look()],
      [3, draw.manage('change', 'end-others', 'sign-out')],
      [4, draw.manage('mail', 'joker', 'print', 'app')],
      [1, draw.enter(fc.constant(who))],
    ),
  }),
)

/** A new factor works at once, and the one it replaced no longer. */
const renewalScene = fc.record({ who: holder, what: fc.constantFrom('print', 'new-key', 'app') }).map(
  ({ who, what }): Scene => ({
    before: [
      enter(0, who, who === 3 ? 'key' : 'password'),
      { kind: 'manage', browser: 0, what: what as 'print' | 'new-key' | 'app', right: true },
      { kind: 'sign-in', browser: 1, person: who, right: true },
    ],
    often: weighted<Action>(
      [5, draw.digits(fc.constantFrom<FactorInput>('used-paper', 'used-paper', 'paper', 'app'))],
      [3, draw['sign-in-key'](fc.constant(who))],
      [2, draw['sign-in'](fc.constant(who))],
      [2, draw['confirm-key']()],
      [3, draw.manage('print', 'new-key', 'app', 'retire-print', 'retire-key', 'retire-app')],
      [1, draw['try-key']()],
    ),
  }),
)

/** Codes were sent to an address and to a mobile, from one session or from two. */
const contactScene = fc.record({ one: person, other: person }).map(
  ({ one, other }): Scene => ({
    before: [
      enter(0, one),
      { kind: 'manage', browser: 0, what: 'mail', right: true },
      { kind: 'manage', browser: 0, what: 'mobile', right: true },
      enter(1, other),
      { kind: 'manage', browser: 1, what: 'mail', right: true },
    ],
    often: weighted<Action>(
      [8, draw.receive()],
      [3, draw.manage('mail', 'mobile')],
      [2, together(draw.receive())],
      [1, draw.manage('change')],
    ),
  }),
)

/** One activation code is used in two browsers, or its owner has activated the account while another browser goes on. */
const activationScene = fc.record({ steps: fc.constantFrom(1, 1, 2, 3, 5), other: fc.nat({ max: 2 }) }).map(
  ({ steps, other }): Scene => ({
    before: [...nextStep(0, 'activation', 2, steps), ...nextStep(1, 'activation', 2, other)],
    often: weighted<Action>(
      [5, draw.nextStep(fc.constant(2), fc.constant('activation'))],
      [2, together(draw.nextStep(fc.constant(2), fc.constant('activation')))],
      [5, draw.type(fc.boolean())],
      [2, draw.choose()],
      [3, draw.receive()],
      [1, draw.identify(fc.constant(2))],
      [1, draw.enter(fc.constant(2))],
      [1, draw.desk(fc.constant(2))],
    ),
  }),
)

/** The helpdesk or the directory acts on a person who is signed in and in two journeys. */
const accountSituations = fc.record({
  who: fc.constantFrom(0, 1, 2, 3, 3),
  on: recovery,
  what: fc.constantFrom('freeze', 'freeze', ...deskOperations),
})
const deskScene = accountSituations.map(
  ({ who, on, what }): Scene => ({
    before: [
      enter(0, who, who === 3 ? 'key' : 'password'),
      ...nextStep(0, on, who, 2),
      ...nextStep(1, on, who, 3),
      { kind: 'desk', what, person: who, concurrent: null },
    ],
    often: weighted<Action>(
      [3, draw.desk(fc.constant(who), fc.option(form, { freq: 1 }))],
      [4, draw['sign-in-key'](fc.constant(who))],
      [2, draw.enter(fc.constant(who))],
      [3, draw.nextStep(fc.constant(who), fc.constant(on))],
      [2, draw.choose()],
      [2, draw.manage('change', 'mail', 'joker')],
      [3, draw.look()],
      [1, draw['put-back']()],
    ),
  }),
)

/** After a proof, the browser goes back, chooses another kind of number, or names another person. */
const cardScene = fc
  .record({ on: recovery, who: fc.constantFrom(0, 0, 1, 3), steps: fc.nat({ max: 3 }) })
  .map(
    ({ on, who, steps }): Scene => ({
      before: [...nextStep(0, on, who, 2), ...nextStep(1, on, who, steps)],
      often: weighted<Action>(
        [5, draw.identify()],
        [4, draw.choose()],
        [3, draw.answer()],
        [2, draw.switch()],
        [3, draw.look()],
        [2, draw.nextStep()],
        [2, draw['put-back']()],
        [1, draw.replay()],
      ),
    }),
  )

const anywhere = fc
  .record({ on: journeyKind, one: person, other: person })
  .chain(({ on, one, other }) =>
    fc
      .constantFrom<Action[]>(
        [],
        [enter(0, one), ...nextStep(1, on, one, 2)],
        [...nextStep(0, on, one, 2), enter(1, other)],
      )
      .map((before): Scene => ({ before, often: any })),
  )

/** Two people are refused for the same reason, one with the right secret and one with a wrong one. */
const refusalScene = fc.constant<Scene>({ before: [], often: draw['compare-refusals']() })

const scenes = {
  anywhere,
  joker: jokerScene,
  factor: factorScene,
  entry: entryScene,
  account: accountScene,
  renewal: renewalScene,
  contact: contactScene,
  activation: activationScene,
  desk: deskScene,
  card: cardScene,
  session: sessionScene,
  refusal: refusalScene,
}
export type SceneName = keyof typeof scenes

const often: Readonly<Record<SceneName, number>> = {
  anywhere: 3,
  joker: 2,
  factor: 3,
  entry: 2,
  account: 3,
  renewal: 2,
  contact: 1,
  activation: 3,
  desk: 3,
  card: 2,
  session: 2,
  refusal: 1,
}

const anyScene: fc.Arbitrary<Scene> = weighted<Scene>(
  ...(Object.keys(scenes) as SceneName[]).map(name => [often[name], scenes[name]] as const),
)

/** More actions than a sequence needs: it ends as soon as enough requests were sent. `where`: in this scene only. */
export const sequencesOf = (where?: SceneName) =>
  (where ? scenes[where] : anyScene).chain(({ before, often: again }) =>
    fc
      .array(fc.oneof(again, any), { minLength: 30, maxLength: 36 })
      .map((then): readonly Action[] => [...before, ...then]),
  )
