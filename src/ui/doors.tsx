import type { TextKey } from '../texts/texts.ts'
import type { Ui } from './ui.ts'

export type Opening = 'shut' | 'ajar' | 'open'

/** A door alone on the line says how open the place is; its page says the same in words. */
export const Door = ({ opening }: { opening: Opening }) => (
  <span class={`door ${opening}`} aria-hidden="true" />
)

const steps: readonly TextKey[] = ['identify.step', 'joker.step', 'new.step', 'done.step']

const openingOf = (index: number, current: number): Opening => {
  if (index < current || current === steps.length) return 'open'
  return index === current ? 'ajar' : 'shut'
}

const wordOf = (index: number, current: number): TextKey => {
  if (index < current) return 'steps.done'
  return index === current ? 'steps.here' : 'steps.later'
}

/** The progress of a journey: four doors, one opens at each 25 %, and the same in words. */
export const Steps = ({ ui, step }: { ui: Ui; step: 1 | 2 | 3 | 4 }) => {
  const { say, language } = ui
  const current = step - 1
  const percent = say('steps.percent', { percent: step * 25 })
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups fields; this groups the doors and their words.
    <div class="steps" role="group" aria-label={say('steps.label')}>
      <ol>
        {steps.map((key, index) => (
          <li
            class={`door ${step === 4 ? 'open' : openingOf(index, current)}`}
            aria-current={index === current ? 'step' : undefined}
          >
            <span class="unseen">
              {say(key)}
              {language === 'fr' ? ' : ' : ': '}
              {say(wordOf(index, current))}
            </span>
          </li>
        ))}
      </ol>
      <p>
        <b>{percent}</b> {step === 4 ? say('steps.finished') : say('steps.of', { step })}
      </p>
    </div>
  )
}

/** « Étape 1 sur 4 : identification », for the browser's title. */
export const stepTitle = (ui: Ui, step: 1 | 2 | 3 | 4) =>
  `${ui.say('steps.of', { step })}${ui.language === 'fr' ? ' : ' : ': '}${ui.say(steps[step - 1] ?? 'done.step').toLowerCase()}`
