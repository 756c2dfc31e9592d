import type { ProofDeps, ProofDescriptor } from '../proof.ts'
import { createJoker, jokerRekeying, jokerRetention } from './joker.ts'
import { triesRetention } from './tries.ts'

export const joker = {
  kind: 'joker',
  use: 'recovery',
  spent: 'never',
  journeys: { of: 'recovery', class: 'known' },
  create: (deps: ProofDeps) => {
    const made = createJoker(deps)
    return { ...made, begin: made.set, isInService: made.exists }
  },
  retention: { ...triesRetention, ...jokerRetention },
  categories: { jokers: 'joker', joker_tries: 'tries', joker_suspensions: 'tries' },
  keys: ['joker-pepper', 'decoy'],
  rekeyings: [jokerRekeying],
  events: ['joker.right', 'joker.wrong', 'joker.suspended', 'joker.set', 'joker.cleared'],
  notices: {
    // Nothing is changed yet: this closes recovery before somebody guesses right.
    'joker-suspended': { paragraphs: ['mail.joker-suspended'], notMe: 'close' },
    // Each of these needs a session: an attacker who has one has the password too.
    'joker-changed': { paragraphs: ['mail.joker-changed'], notMe: 'freeze' },
    'joker-removed': { paragraphs: ['mail.joker-removed', 'mail.joker-removed.again'], notMe: 'freeze' },
  },
  help: { topic: 'password', section: 'question-joker' },
  overview: {
    section: 'entering',
    page: 'jokerChoice',
    line: (ui, [chosen]) => ({
      name: ui.say('joker.step'),
      detail: chosen?.since
        ? ui.say('account.chosen', { at: ui.dateTime(chosen.since) })
        : ui.say('account.none'),
      verb: ui.say(chosen ? 'account.change' : 'account.choose'),
    }),
  },
  removal: { what: 'joker', event: 'joker.cleared', notice: 'joker-removed' },
} as const satisfies ProofDescriptor
