import type { ComponentChildren } from 'preact'
import type { TextKey } from '../../texts/texts.ts'
import { Page } from '../../ui/layout.tsx'
import { StepIndicator } from '../../ui/step-indicator.tsx'
import { type FormError, Summary } from '../../ui/summary.tsx'
import type { Ui } from '../../ui/ui.ts'
import { definition } from './activation.ts'

type Props = {
  readonly ui: Ui
  readonly step: number
  readonly heading: TextKey
  /** What distinguishes the document title from that of another step with the same heading. */
  readonly detail?: TextKey
  readonly errors: readonly FormError[]
  readonly withScript?: boolean
  readonly children: ComponentChildren
}

/** A page of this journey: its step, with the form errors above the form. */
export const StepPage = ({ ui, step, heading, detail, errors, withScript = false, children }: Props) => (
  <Page
    ui={ui}
    heading={ui.say(heading)}
    {...(detail && { title: `${ui.say(heading)} (${ui.say(detail)})` })}
    progress={<StepIndicator ui={ui} stepTitles={definition.stepTitles} step={step} />}
    hasErrors={errors.length > 0}
    withScript={withScript}
  >
    <Summary ui={ui} errors={errors} />
    {children}
  </Page>
)

/** The submit button, and the time at which the journey expires. */
export const SubmitSection = ({ ui, expiresAt }: { ui: Ui; expiresAt: number }) => (
  <>
    <button class="button" type="submit">
      {ui.say('validate')}
    </button>
    <p class="quiet">{ui.say('open-until', { time: ui.time(expiresAt).slice(0, 5) })}</p>
  </>
)
