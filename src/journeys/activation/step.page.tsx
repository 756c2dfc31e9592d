import type { ComponentChildren } from 'preact'
import type { TextKey } from '../../texts/texts.ts'
import { Page } from '../../ui/layout.tsx'
import { type OpenTime, OpenUntil } from '../../ui/open-until.tsx'
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
  readonly children: ComponentChildren
}

/** A page of this journey: its step, with the form errors above the form. */
export const StepPage = ({ ui, step, heading, detail, errors, children }: Props) => (
  <Page
    ui={ui}
    heading={ui.say(heading)}
    {...(detail && { title: `${ui.say(heading)} (${ui.say(detail)})` })}
    progress={<StepIndicator ui={ui} stepTitles={definition.stepTitles} step={step} />}
    hasErrors={errors.length > 0}
    withScript
  >
    <Summary ui={ui} errors={errors} />
    {children}
  </Page>
)

/** The submit button, and the time at which the journey expires. */
export const SubmitSection = ({ ui, open }: { ui: Ui; open: OpenTime }) => (
  <>
    <button class="button" type="submit">
      {ui.say('validate')}
    </button>
    <OpenUntil ui={ui} sentence="open-until" open={open} />
  </>
)
