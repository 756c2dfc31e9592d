import {
  type LineId,
  lineState,
  type Moment,
  type Policy,
  type RuleId,
  type RuleState,
  stateOf,
} from '../password/policy.ts'

/**
 * Ticks the rules while one types, by the definition that the server judges with. An extra: the page works without.
 *
 *   #regles[data-policy=JSON Policy][data-texts=JSON Texts]
 *     li[data-line=LineId][data-state]        svg path, span > .unseen: the state's icon and hidden words
 *       li[data-part=RuleId][data-state]      the same
 *     [role=status]                           one short sentence, once typing rests (RGAA 7.5)
 *   input#nouveau, input#confirmation
 *
 * The login is not told before the sign-in: its line waits, as does all that only the server knows.
 */
type Texts = Readonly<Record<RuleState | 'good' | 'one' | 'many' | 'differs', string>>

const shapes: Readonly<Record<RuleState, string>> = {
  met: 'm5 13 5 5 9-12',
  unmet: 'm7 7 10 10M17 7 7 17',
  later: 'M12 16a4 4 0 1 1 0-8 4 4 0 0 1 0 8',
}
const tones: Readonly<Record<RuleState, string>> = { met: 'good', unmet: 'bad', later: '' }

type StateAt = (moment: Moment) => RuleState

/** What typing may still cure keeps a quiet mark; its words say what it is: not met. */
const show = (item: HTMLElement, stateAt: StateAt, moment: Moment, texts: Texts) => {
  const state = stateAt(moment)
  item.dataset.state = state
  item.className = tones[state]
  item.querySelector('path')?.setAttribute('d', shapes[state])
  const words = item.querySelector(':scope > span > .unseen')
  if (words) words.textContent = ` (${texts[stateAt('typed')]})`
}

const sentenceOf = (unmet: number, differs: boolean, texts: Texts) => {
  if (unmet > 0) return unmet === 1 ? texts.one : texts.many.replace('#', String(unmet))
  return differs ? texts.differs : texts.good
}

const field = (id: string) => document.getElementById(id) as HTMLInputElement | null

export const liveRules = () => {
  const rules = document.getElementById('regles')
  const status = rules?.querySelector('[role=status]')
  const [first, again] = [field('nouveau'), field('confirmation')]
  if (!rules || !status || !first || !again) return
  const policy: Policy = JSON.parse(rules.dataset.policy ?? '')
  const texts: Texts = JSON.parse(rules.dataset.texts ?? '')
  const lines = rules.querySelectorAll<HTMLElement>('[data-line]')
  const deps = rules.querySelectorAll<HTMLElement>('[data-part]')
  let timer = 0

  const tick = (moment: Moment) => {
    const password = first.value
    for (const item of lines)
      show(item, at => lineState(item.dataset.line as LineId, password, policy, at), moment, texts)
    for (const item of deps)
      show(item, at => stateOf(item.dataset.part as RuleId, password, policy, at), moment, texts)
  }

  /** Half of a confirmation is not another password yet. */
  const differs = (moment: Moment) =>
    moment === 'typing'
      ? !first.value.startsWith(again.value)
      : again.value !== '' && again.value !== first.value

  const tell = (moment: Moment) => {
    clearTimeout(timer)
    timer = window.setTimeout(() => {
      const unmet = [...lines].filter(
        item => lineState(item.dataset.line as LineId, first.value, policy) === 'unmet',
      )
      status.textContent = first.value === '' ? '' : sentenceOf(unmet.length, differs(moment), texts)
    }, 900)
  }

  for (const input of [first, again])
    for (const [event, moment] of [
      ['input', 'typing'],
      ['change', 'typed'],
    ] as const)
      input.addEventListener(event, () => {
        if (input === first) tick(moment)
        tell(moment)
      })
  // A page that came back with errors shows what the server saw: an empty field must not erase it.
  if (first.value !== '') tick('typed')
}
