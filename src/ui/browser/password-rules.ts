import {
  type LineId,
  lineState,
  type Policy,
  type RuleId,
  type RuleState,
  stateOf,
} from '../../password/policy.ts'

/**
 * Ticks the rules while one types, by the definition that the server judges with. The page gives it all in
 * `#regles[data-policy][data-texts]`: `li[data-line]` and `li[data-part]` bear a `data-state`, an icon and hidden words;
 * `[role=status]` says one short sentence once typing rests (RGAA 7.5).
 */
type Texts = Readonly<Record<RuleState | 'good' | 'one' | 'many' | 'differs', string>>

const shapes: Readonly<Record<RuleState, string>> = {
  met: 'm5 13 5 5 9-12',
  unmet: 'm7 7 10 10M17 7 7 17',
  later: 'M12 16a4 4 0 1 1 0-8 4 4 0 0 1 0 8',
}
const tones: Readonly<Record<RuleState, string>> = { met: 'good', unmet: 'bad', later: '' }

const show = (item: HTMLElement, state: RuleState, texts: Texts) => {
  if (item.dataset.state === state) return
  item.dataset.state = state
  item.className = tones[state]
  item.querySelector('path')?.setAttribute('d', shapes[state])
  const words = item.querySelector(':scope > span > .unseen')
  if (words) words.textContent = ` (${texts[state]})`
}

const sentenceOf = (unmet: number, differs: boolean, texts: Texts) => {
  if (unmet > 0) return unmet === 1 ? texts.one : texts.many.replace('#', String(unmet))
  return differs ? texts.differs : texts.good
}

export const liveRules = () => {
  const rules = document.getElementById('regles')
  const field = document.getElementById('nouveau') as HTMLInputElement | null
  const again = document.getElementById('confirmation') as HTMLInputElement | null
  const status = rules?.querySelector('[role=status]')
  if (!rules || !field || !again || !status) return
  const policy = JSON.parse(rules.dataset.policy ?? '{}') as Policy
  const texts = JSON.parse(rules.dataset.texts ?? '{}') as Texts
  let timer = 0

  const update = () => {
    let unmet = 0
    for (const item of rules.querySelectorAll<HTMLElement>('[data-line]')) {
      const state = lineState(item.dataset.line as LineId, field.value, policy)
      if (state === 'unmet') unmet += 1
      show(item, state, texts)
    }
    for (const item of rules.querySelectorAll<HTMLElement>('[data-part]'))
      show(item, stateOf(item.dataset.part as RuleId, field.value, policy), texts)
    clearTimeout(timer)
    timer = window.setTimeout(() => {
      const differs = again.value !== '' && again.value !== field.value
      status.textContent = field.value === '' ? '' : sentenceOf(unmet, differs, texts)
    }, 900)
  }
  field.addEventListener('input', update)
  again.addEventListener('input', update)
  update()
}
