import { Page } from '../../ui/layout.tsx'
import { QrCode } from '../../ui/qr.tsx'
import type { Ui } from '../../ui/ui.ts'

const devices = ['android', 'ios', 'windows', 'macos', 'linux', 'chromeos'] as const

const Tool = ({ ui, url }: { ui: Ui; url: string }) => (
  <section class="aside stack" aria-labelledby="outil">
    <h2 id="outil">{ui.say('devices.tool')}</h2>
    <p>{ui.say('devices.tool.detail')}</p>
    <QrCode text={url} label={ui.say('devices.tool.code', { url })} />
    <p>
      <a class="go" href={url}>
        {ui.say('devices.tool.open')}
      </a>
    </p>
  </section>
)

/** The texts of the page, for the search of the help. */
export const deviceTexts = (ui: Ui) =>
  devices.map(device => ({
    anchor: device,
    heading: ui.say(`devices.${device}`),
    sentences: ([1, 2, 3] as const).map(step => ui.say(`devices.${device}.${step}`)),
  }))

/** How to remove the old Wi-Fi password from each kind of device: it is the most common cause of later lock-outs. */
export function devicesPage({ ui }: { ui: Ui }) {
  const { say } = ui
  const url = ui.branding.eduroamToolUrl
  return (
    <Page ui={ui} heading={say('devices.title')} lead={say('devices.lead')}>
      <p>{say('devices.order')}</p>
      <div>
        {devices.map(device => (
          <details id={device}>
            <summary>{say(`devices.${device}`)}</summary>
            <ol class="stack">
              {([1, 2, 3] as const).map(step => (
                <li>{say(`devices.${device}.${step}`)}</li>
              ))}
            </ol>
          </details>
        ))}
      </div>
      <p>{say('devices.then', { login: say('devices.login') })}</p>
      {url && <Tool ui={ui} url={url} />}
    </Page>
  )
}
