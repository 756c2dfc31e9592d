import { days, hours } from '../../clock.ts'
import type { Limits } from '../../limits/limits.ts'

const year = days(365)

/** Between two suspensions the tries are used up; each suspension is twice as long as the one before, up to the longest. */
function jokerGuesses({ jokerTries, jokerWindow, jokerSuspension, jokerLongestSuspension }: Limits) {
  let guesses = 0
  let suspension = jokerSuspension
  for (let at = 0; at < year; at += Math.max(suspension / 2, jokerWindow)) {
    guesses += jokerTries
    suspension = Math.min(suspension * 2, jokerLongestSuspension * 2)
  }
  return guesses
}

/** A rolling window of the limiter is cut in ten slices: what was counted in the first ends nine tenths of the window later. */
const shortestWindow = (window: number) => window * 0.9

const sentGuesses = ({ proofCodesPerPerson, proofCodesWindow, proofCodesPace, codeTries }: Limits) => {
  const usual = (year / shortestWindow(proofCodesWindow)) * proofCodesPerPerson
  const slow = year / shortestWindow(proofCodesPace)
  return Math.ceil((usual + slow) * codeTries)
}

/** How often in a year somebody who knows number and date of birth may guess, from any number of networks. */
export const guessesInAYear = (limits: Limits) => ({
  joker: jokerGuesses(limits),
  sent: sentGuesses(limits),
})

/** One guess in so many is right. */
const odds = { sent: 10 ** 8, helpdesk: 30 ** 12, printed: 32 ** 16 }

/** That one of so many guesses is right. */
const chance = (guesses: number, oneIn: number) => -Math.expm1(guesses * Math.log1p(-1 / oneIn))

const said = (value: number) => {
  if (value < 1e-9) return 'less than 1 in 1,000,000,000'
  return value >= 0.01 ? `${Math.round(value * 100)} %` : `1 in ${Math.round(1 / value).toLocaleString('en')}`
}

/** Equally likely answers, as whoever guesses sees them: names of pets, towns or teachers; what is written about the person removes most. */
const answerCounts = [100, 1000, 10_000]

/** The chance in a year, by preset. */
export const chancesOf = (limits: Limits) => {
  const { joker, sent } = guessesInAYear(limits)
  const bySent = chance(sent, odds.sent)
  return {
    classique: answerCounts.map(answers => ({ answers, chance: Math.min(1, joker / answers) })),
    renforce: bySent,
    'nist-aal2': bySent * chance(sent, odds.printed),
  }
}

const row = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`

/** The page of the reference about guessing. */
export const guessingReference = (limits: Limits) => {
  const { joker, sent } = guessesInAYear(limits)
  const { classique, renforce, 'nist-aal2': aal2 } = chancesOf(limits)
  const count = (guesses: number) => guesses.toLocaleString('en')
  return `# How far guessing leads

Generated from \`src/proofs/policy/guessing.ts\` and the default [limits](limits.md); \`src/proofs/policy/guessing.test.ts\` guesses for a year against the code itself, and
compares. The attacker knows number and date of birth of one person, guesses whenever it is allowed, from any number of networks, and has none of the person's
browsers, addresses or papers. Whoever reads the mails of the person, or was told the answer, does not guess.

| proof | guesses in a year | one in | why no more |
|---|---|---|---|
${[
  row(
    '`joker`',
    count(joker),
    'depends on the answer',
    `${limits.jokerTries} wrong answers suspend the question, for longer each time, up to ${limits.jokerLongestSuspension / days(1)} days`,
  ),
  row(
    '`mail-code`, `sms-code`',
    count(sent),
    count(odds.sent),
    `${limits.proofCodesPerPerson} codes in ${limits.proofCodesWindow / hours(1)} hours for one person, both kinds together, and one more every ${limits.proofCodesPace / hours(1)} hours for another network; ${limits.codeTries} tries for each, which another code does not give back`,
  ),
  row(
    '`helpdesk-code`',
    'while there is one',
    count(odds.helpdesk),
    'it exists for an hour after the helpdesk gave it',
  ),
  row(
    '`passkey`',
    'not limited for one person',
    'a signature',
    'its key never leaves the device; ten answers in a journey, and none to the challenge of another',
  ),
  row(
    '`recovery-code`',
    'not limited for one person',
    `${odds.printed.toExponential(1)}`,
    'nobody guesses 80 bits',
  ),
].join('\n')}

| preset | the chance in a year that a guess is right |
|---|---|
${[
  ...classique.map(({ answers, chance: of }) =>
    row(`\`classique\`, an answer among ${count(answers)}`, said(of)),
  ),
  row('`renforce`', said(renforce)),
  row('`nist-aal2`', said(aal2)),
].join('\n')}

A known browser of the person has tries of its own, in which the attacker has no part. Each wrong joker answer that suspends a question, and each code that
goes out, is told to the person at every mail address, with a button that closes recovery: at once, or with the others of the same hour.
`
}
