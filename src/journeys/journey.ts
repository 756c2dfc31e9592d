import type { Language } from '../texts/texts.ts'

/**
 * A journey of an anonymous person is one row of the store, so any process can serve its next step; the row has its own
 * expiry. The browser has a handle of 192 bits and the row's id is its digest, so a reader of the database cannot continue
 * a journey.
 */
export type Journey<State extends { step: string }> = {
  readonly id: string
  readonly version: number
  /**
   * The stable id of the entry when the typed date of birth is the entry's, otherwise a keyed digest of the typed date with the
   * entry or the typed number (`steps/subject.ts`). The joker's question, its tries and the audit use it.
   */
  readonly subject: string
  readonly state: State
  /** What was proved in this journey by this browser. No state and no choice of the person is part of it. */
  readonly proved: Proved
  readonly refusals: number
  readonly network: string
  readonly language: Language
  /** The browser and system that opened it (`web/device.ts`), or ''. */
  readonly device: string
  readonly expiresAt: number
}

/** When each proof was given, by its kind; milliseconds since 1970. */
export type Proved = ReadonlyMap<string, number>

/** Transition table of a journey. It opens at the first step; a transition that is absent is refused. */
export type Transitions<Step extends string, Event extends string> = {
  readonly [step in Step]: { readonly [event in Event]?: Step }
}

/**
 * What every table declares: a freeze and the helpdesk end a journey at any step; another accepted password or a replaced proof
 * supersedes one that is not done.
 */
export type JourneyTransitions<Step extends string, Event extends string> = Transitions<Step, Event> & {
  readonly [step in Exclude<Step, 'stopped'>]: { readonly ended: 'stopped' }
} & { readonly [step in Exclude<Step, 'stopped' | 'done'>]: { readonly superseded: 'stopped' } }

/** The endings of a step that is not the last. */
export const endings = { superseded: 'stopped', ended: 'stopped' } as const

/** What ends the journeys of a person from outside. After `signed-in`, an activation is continued in the account. */
export type EndingEvent = 'superseded' | 'ended' | 'signed-in'

export type NewJourney<State> = {
  readonly handle: string
  readonly subject: string
  readonly state: State
  readonly network: string
  readonly language: Language
  readonly device: string
}
