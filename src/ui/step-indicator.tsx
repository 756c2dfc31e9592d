import type { TextKey } from '../texts/texts.ts'
import type { Ui } from './ui.ts'

export type Opening = 'shut' | 'half-open' | 'open'

/** A door alone on the line says how open the place is; its page says the same in words. */
export const DoorDrawing = ({ opening }: { opening: Opening }) => (
  <span class={`door ${opening}`} aria-hidden="true" />
)

/** What each door of a journey is called; the last one is its end. */
export type StepTitles = readonly TextKey[]

const openingOf = (index: number, current: number, last: number): Opening => {
  if (index < current || current === last) return 'open'
  return index === current ? 'half-open' : 'shut'
}

const wordOf = (index: number, current: number): TextKey => {
  if (index < current) return 'steps.done'
  return index === current ? 'steps.here' : 'steps.later'
}

/** The progress of a journey: one door opens at each step (four, at each 25 %), and the same in words. */
export const StepIndicator = ({ ui, stepTitles, step }: { ui: Ui; stepTitles: StepTitles; step: number }) => {
  const { say, language } = ui
  const current = step - 1
  const last = stepTitles.length - 1
  const percent = say('steps.percent', { percent: Math.round((step * 100) / stepTitles.length) })
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups fields; this groups the doors and their words.
    <div class="steps" role="group" aria-label={say('steps.label')}>
      <ol>
        {stepTitles.map((key, index) => (
          <li
            class={`door ${openingOf(index, current, last)}`}
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
        <b>{percent}</b>{' '}
        {current === last ? say('steps.finished') : say('steps.of', { step, of: stepTitles.length })}
      </p>
    </div>
  )
}

/** « Étape 1 sur 4 : identification », for the browser's title. */
export const stepTitle = (ui: Ui, stepTitles: StepTitles, step: number) =>
  `${ui.say('steps.of', { step, of: stepTitles.length })}${ui.language === 'fr' ? ' : ' : ': '}${ui.say(stepTitles[step - 1] ?? 'done.step').toLowerCase()}`
