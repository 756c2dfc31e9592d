import {
  type JudgeMoment,
  type LineId,
  lineState,
  type Policy,
  type RuleId,
  type RuleState,
  stateOf,
} from '../password/policy.ts'

/**
 * Shows the state of the password rules while the person types, with the same code as the server. Optional: the page works
 * without it.
 *
 *   #regles[data-policy=JSON Policy][data-texts=JSON Texts]
 *     li[data-part=RuleId][data-state]        svg path, span > .unseen: the state's icon and hidden words
 *     details li[data-line=LineId][data-state]  the same; opened when it says what is wrong and no part does
 *     [role=status]                           one short sentence, once typing rests (RGAA 7.5)
 *   input#nouveau, input#confirmation
 *
 * The page does not know the login before sign-in: its rule stays undecided, as do all those that only the server checks.
 */
type Texts = Readonly<Record<RuleState | 'good' | 'one' | 'many' | 'differs', string>>

const shapes: Readonly<Record<RuleState, string>> = {
  met: 'm5 13 5 5 9-12',
  unmet: 'm7 7 10 10M17 7 7 17',
  later: 'M12 16a4 4 0 1 1 0-8 4 4 0 0 1 0 8',
}
const tones: Readonly<Record<RuleState, string>> = { met: 'good', unmet: 'bad', later: '' }

type StateAt = (moment: JudgeMoment) => RuleState

/** A rule that further typing may still meet keeps a neutral icon, while its text says that it is not met yet. */
const show = (item: HTMLElement, stateAt: StateAt, moment: JudgeMoment, texts: Texts) => {
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
  const parts = rules.querySelectorAll<HTMLElement>('[data-part]')
  const folded = rules.querySelector('details')
  let timer = 0

  const tick = (moment: JudgeMoment) => {
    const password = first.value
    for (const item of lines)
      show(item, at => lineState(item.dataset.line as LineId, password, policy, at), moment, texts)
    for (const item of parts)
      show(item, at => stateOf(item.dataset.part as RuleId, password, policy, at), moment, texts)
    if (folded?.querySelector('[data-state=unmet]:not([data-line=composition])')) folded.open = true
  }

  /** While typing, the beginning of the right confirmation is not a difference. */
  const differs = (moment: JudgeMoment) =>
    moment === 'typing'
      ? !first.value.startsWith(again.value)
      : again.value !== '' && again.value !== first.value

  const announce = (moment: JudgeMoment) => {
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
        announce(moment)
      })
  // A page with errors shows the state computed by the server, which an empty field must not overwrite.
  if (first.value !== '') tick('typed')
}
