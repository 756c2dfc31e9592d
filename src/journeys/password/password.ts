import type { NumberKind, PersonId } from '../../directory/directory.ts'
import type { RouteName } from '../../routes.ts'
import type { Moves } from '../journey.ts'

/**
 * « Récupérer mon mot de passe ». Somebody unknown walks the same states: `person: null` at the joker step, which no
 * answer leaves. Whoever reaches `new-password` has proved who they are, and `person` cannot be null there.
 */
export type State =
  | {
      readonly step: 'joker'
      readonly person: PersonId | null
      readonly number: NumberKind
      readonly ineDoubt: boolean
      readonly standing: Standing
      /** Mark of the last wrong answer: a second click of the same form is not a second try. */
      readonly lastWrong?: string
    }
  | {
      readonly step: 'new-password'
      readonly person: PersonId
      readonly answer: string
      readonly problem?: string
    }
  | { readonly step: 'writing'; readonly person: PersonId; readonly answer: string; readonly attempt: string }
  | {
      readonly step: 'done'
      readonly person: PersonId
      readonly provedAt: number | null
      readonly writtenAt: number
    }
  | { readonly step: 'over'; readonly why: Over }

/** Why a journey ended without a new password. */
export const overReasons = [
  'journey-superseded',
  'account-privileged',
  'too-many-refusals',
  'journey-ended',
] as const
export type Over = (typeof overReasons)[number]

/** What the directory said of the entry at identification: told to nobody before the proof. */
export type Standing = 'open' | 'ended' | 'privileged'

export type Step = State['step']
export type Event = 'proved' | 'privileged' | 'submitted' | 'written' | 'refused' | 'exhausted' | 'superseded'

export const moves = {
  joker: { proved: 'new-password', privileged: 'over', superseded: 'over' },
  'new-password': { submitted: 'writing', exhausted: 'over', superseded: 'over' },
  writing: { written: 'done', refused: 'new-password', superseded: 'over' },
  done: {},
  over: {},
} as const satisfies Moves<Step, Event>

/** The page of each state: a state without a page does not compile. */
export const pages = {
  joker: 'joker',
  'new-password': 'newPassword',
  writing: 'writing',
  done: 'done',
  over: 'journeyOver',
} as const satisfies Record<Step, RouteName>
