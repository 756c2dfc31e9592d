import { createContext } from 'preact'
import { minutes } from '../clock.ts'
import type { Ui } from './ui.ts'

/** Until when a journey or a session is open, and the time at which its page was asked for. */
export type OpenTime = { readonly until: number; readonly now: number }

/** Of the session whose page is being answered; `null`: the page belongs to none. */
export const SessionTimeContext = createContext<OpenTime | null>(null)

type Props = {
  readonly ui: Ui
  readonly sentence: 'open-until' | 'session.open-until'
  readonly open: OpenTime
}

/**
 * Says until when the page can be used. Its script warns two minutes before and offers to go on (`browser/closing.ts`); whole
 * minutes are enough for it, and do not depend on the clock of the device.
 */
export const OpenUntil = ({ ui, sentence, open: { until, now } }: Props) => {
  const time = ui.time(until).slice(0, 5)
  return (
    <p
      class="quiet"
      data-minutes={Math.floor((until - now) / minutes(1))}
      data-warning={ui.say('closing.soon', { time })}
      data-continue={ui.say('closing.continue')}
    >
      {ui.say(sentence, { time })}
    </p>
  )
}
