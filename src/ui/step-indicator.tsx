import type { TextKey } from '../texts/texts.ts'
import type { Ui } from './ui.ts'

export type DoorState = 'shut' | 'half-open' | 'open'

/** Decorative: a door that shows how far the person has come. The page says the same in words. */
export const DoorDrawing = ({ state }: { state: DoorState }) => (
  <span class={`door ${state}`} aria-hidden="true" />
)

/** The title of each step of a journey; the last one is its end. */
export type StepTitles = readonly TextKey[]

const doorStateOf = (index: number, current: number, last: number): DoorState => {
  if (index < current || current === last) return 'open'
  return index === current ? 'half-open' : 'shut'
}

const statusTextOf = (index: number, current: number): TextKey => {
  if (index < current) return 'steps.done'
  return index === current ? 'steps.here' : 'steps.later'
}

/** The progress of a journey, as a row of doors and in words; with four steps, each is 25 %. */
export const StepIndicator = ({ ui, stepTitles, step }: { ui: Ui; stepTitles: StepTitles; step: number }) => {
  const { say, locale } = ui
  const current = step - 1
  const last = stepTitles.length - 1
  const percent = say('steps.percent', { percent: Math.round((step * 100) / stepTitles.length) })
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups fields; this groups the doors and their words.
    <div class="steps" role="group" aria-label={say('steps.label')}>
      <ol>
        {stepTitles.map((key, index) => (
          <li
            class={`door ${doorStateOf(index, current, last)}`}
            aria-current={index === current ? 'step' : undefined}
          >
            <span class="unseen">
              {say(key)}
              {`${locale.colon} `}
              {say(statusTextOf(index, current))}
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
