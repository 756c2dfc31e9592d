import { Door } from '../ui/doors.tsx'
import { Page } from '../ui/layout.tsx'
import type { Ui } from '../ui/ui.ts'

type Props = {
  readonly ui: Ui
  readonly about: 'activation'
}

/** A place that is not built yet says so: what will come, and who does it meanwhile. */
export const honestPage = ({ ui, about }: Props) => {
  const { say, branding } = ui
  const { phone, mail } = branding.helpdesk
  const title = say(`honest.${about}`)
  return (
    <Page ui={ui} title={title} heading={title} lead={say('honest.lead')} onTheLine={<Door opening="ajar" />}>
      <p>{say(`honest.${about}.detail`)}</p>
      <p>
        {say('honest.desk')} <a href={`tel:${phone.replace(/[^+\d]/g, '')}`}>{phone}</a>,{' '}
        <a href={`mailto:${mail}`}>{mail}</a>
      </p>
      <p>
        <a class="go" href={ui.href('chooseNumber')}>
          {say('honest.password')}
        </a>
      </p>
    </Page>
  )
}
