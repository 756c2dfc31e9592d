/**
 * The password policy as data, and the one definition of its rules: the browser shows their state, the server decides by
 * them, `docs/reference/` lists them. Shipped to browsers: nothing here may import Node or a library.
 */
export type Policy = {
  readonly preset: 'uphf' | 'nist'
  readonly min: number
  readonly max: number
  readonly lower: boolean
  readonly upper: boolean
  readonly digit: boolean
  readonly special: boolean
  /** `none`: no space at all. `inner`: not at either end, since many forms trim those. */
  readonly spaces: 'none' | 'inner'
  readonly login: boolean
  /** How many of the last passwords may not be reused; 0 switches the rule off. */
  readonly history: number
}

/** Written out: code that computes them would be shipped to browsers too. */
export const presets: Readonly<Record<Policy['preset'], Policy>> = {
  uphf: {
    preset: 'uphf',
    min: 12,
    max: 30,
    lower: true,
    upper: true,
    digit: true,
    special: true,
    spaces: 'none',
    login: true,
    history: 3,
  },
  nist: {
    preset: 'nist',
    min: 15,
    max: 64,
    lower: false,
    upper: false,
    digit: false,
    special: false,
    spaces: 'inner',
    login: true,
    history: 3,
  },
}

export const specials = '!"#$%&()*+,-./:;<=>?@[]^_`{|}~'

/** Accepted, since people type them, but not counted as the special character. */
export const uncountedSpecials = "'\\"

export const passwordReasons = [
  'password-too-short',
  'password-too-long',
  'password-lacks-lower',
  'password-lacks-upper',
  'password-lacks-digit',
  'password-lacks-special',
  'password-special-uncounted',
  'password-has-space',
  'password-edge-space',
  'password-not-ascii',
  'password-has-login',
  'password-in-history',
  'password-leaked',
  'password-has-name',
  'password-has-birth-date',
  'password-has-institution',
  'password-has-joker-answer',
] as const
export type PasswordReason = (typeof passwordReasons)[number]

/**
 * `count`: how many characters are missing or too many. `character`: the one that cannot be typed everywhere. `curable`:
 * typing more characters may remove the problem.
 */
export type PasswordRefusal = {
  readonly reason: PasswordReason
  readonly count?: number
  readonly character?: string
  readonly curable?: true
}

export const isTooLong = ({ reason }: PasswordRefusal) => reason === 'password-too-long'

/** What is known about the person where the rules are applied: a browser knows nothing before the proof. */
export type PersonContext = { readonly login?: string }

type Rule = {
  /** Whether this policy has the rule. */
  readonly isOn: (policy: Policy) => boolean
  /** Null: the rule is met. `later`: only the server can decide. */
  readonly judge: (password: string, policy: Policy, about: PersonContext) => PasswordRefusal | null | 'later'
}

const always = () => true
const later = () => 'later' as const

const lacks = (reason: PasswordReason): PasswordRefusal => ({ reason, curable: true })

const requires =
  (sign: RegExp, reason: PasswordReason): Rule['judge'] =>
  password =>
    sign.test(password) ? null : lacks(reason)

const characters = (password: string) => [...password.normalize('NFC')]

const hasOneOf = (password: string, list: string) => [...list].some(sign => password.includes(sign))

/** A visible character as itself, any other by its code point. */
const nameOf = (character: string) =>
  /[\p{L}\p{N}\p{P}\p{S}]/u.test(character)
    ? character
    : `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

const length: Rule['judge'] = (password, { min, max }) => {
  const count = characters(password).length
  if (count < min) return { ...lacks('password-too-short'), count: min - count }
  return count > max ? { reason: 'password-too-long', count: count - max } : null
}

const special: Rule['judge'] = password => {
  if (hasOneOf(password, specials)) return null
  return lacks(
    hasOneOf(password, uncountedSpecials) ? 'password-special-uncounted' : 'password-lacks-special',
  )
}

/** All eduroam clients send printable ASCII as the same bytes; accents and emoji become other bytes on other devices. */
const ascii: Rule['judge'] = password => {
  const strange = characters(password).find(character => character < ' ' || character > '~')
  return strange === undefined ? null : { reason: 'password-not-ascii', character: nameOf(strange) }
}

/** The login verbatim, whatever its length; variants with separators or l33t are left to the personal rules of the server. */
const noLogin: Rule['judge'] = (password, _, { login }) => {
  if (!login) return 'later'
  return password.toLowerCase().includes(login.toLowerCase()) ? { reason: 'password-has-login' } : null
}

const noSpace: Rule['judge'] = password => (password.includes(' ') ? { reason: 'password-has-space' } : null)

/** Every rule there is, in the order of the page. */
const rules = {
  length: { isOn: always, judge: length },
  lower: { isOn: policy => policy.lower, judge: requires(/[a-z]/, 'password-lacks-lower') },
  upper: { isOn: policy => policy.upper, judge: requires(/[A-Z]/, 'password-lacks-upper') },
  digit: { isOn: policy => policy.digit, judge: requires(/[0-9]/, 'password-lacks-digit') },
  special: { isOn: policy => policy.special, judge: special },
  'no-space': { isOn: ({ spaces }) => spaces === 'none', judge: noSpace },
  'no-edge-space': {
    isOn: ({ spaces }) => spaces === 'inner',
    judge: requires(/^([^ ]|[^ ].*[^ ])?$/s, 'password-edge-space'),
  },
  'no-login': { isOn: ({ login }) => login, judge: noLogin },
  history: { isOn: ({ history }) => history > 0, judge: later },
  'printable-ascii': { isOn: always, judge: ascii },
  leaked: { isOn: always, judge: later },
  personal: { isOn: always, judge: later },
} satisfies Record<string, Rule>

export type RuleId = keyof typeof rules

/** The rules of this policy, in the order of the page. */
export const rulesOf = (policy: Policy) =>
  (Object.keys(rules) as RuleId[]).filter(rule => rules[rule].isOn(policy))

export type RuleState = 'met' | 'unmet' | 'later'
export type Verdict = { readonly rule: RuleId; readonly state: RuleState; readonly refusal?: PasswordRefusal }

/** One verdict for each rule of the policy. Pure: the same in the browser and on the server. */
export const judge = (policy: Policy, password: string, about: PersonContext = {}): Verdict[] =>
  rulesOf(policy).map(rule => {
    const outcome = (rules[rule] as Rule).judge(password, policy, about)
    if (outcome === 'later') return { rule, state: 'later' }
    return outcome === null ? { rule, state: 'met' } : { rule, state: 'unmet', refusal: outcome }
  })

export const refusalsIn = (verdicts: readonly Verdict[]): PasswordRefusal[] =>
  verdicts.flatMap(({ refusal }) => refusal ?? [])

/** The lines of the page: the first groups length and character classes, as the guide does. */
const lines = {
  composition: ['length', 'lower', 'upper', 'digit', 'special'],
  spaces: ['no-space', 'no-edge-space'],
  login: ['no-login'],
  history: ['history'],
  ascii: ['printable-ascii'],
  guessable: ['leaked', 'personal'],
} satisfies Record<string, readonly RuleId[]>

export type LineId = keyof typeof lines

/** The rules of this line that the policy has. */
export const rulesIn = (line: LineId, policy: Policy) => {
  const rulesOfLine: readonly RuleId[] = lines[line]
  return rulesOf(policy).filter(rule => rulesOfLine.includes(rule))
}

/** The lines that this policy shows. */
export const linesOf = (policy: Policy) =>
  (Object.keys(lines) as LineId[]).filter(line => rulesIn(line, policy).length > 0)

/** The rules of the first line that this policy has. */
export const compositionRules = (policy: Policy) => rulesIn('composition', policy)

/** `typing`: while the person types, what more typing may cure is not shown as an error. */
export type JudgeMoment = 'typing' | 'typed'

const stateAt = ({ state, refusal }: Verdict, moment: JudgeMoment): RuleState =>
  moment === 'typing' && refusal?.curable ? 'later' : state

/** Unmet when one rule is unmet; `later` when one is unknown, and before anything is typed. */
const stateAmong = (
  among: readonly RuleId[],
  password: string,
  policy: Policy,
  moment: JudgeMoment,
): RuleState => {
  if (password === '') return 'later'
  const verdicts = judge(policy, password).filter(({ rule }) => among.includes(rule))
  const states = verdicts.map(verdict => stateAt(verdict, moment))
  return states.find(state => state === 'unmet') ?? states.find(state => state === 'later') ?? 'met'
}

export const stateOf = (rule: RuleId, password: string, policy: Policy, moment: JudgeMoment = 'typed') =>
  stateAmong([rule], password, policy, moment)

export const lineState = (line: LineId, password: string, policy: Policy, moment: JudgeMoment = 'typed') =>
  stateAmong(rulesIn(line, policy), password, policy, moment)
