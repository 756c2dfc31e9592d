import { expect, it } from 'vitest'
import { movableClock } from '../../test/world/clock.ts'
import { seconds } from '../clock.ts'
import { startJobLoop } from './jobs.ts'

it('a job that fails round after round tells each cause once, and once that it works again', async () => {
  const clock = movableClock()
  const causes = [
    'disk full',
    'disk full',
    'disk full',
    'read-only',
    'disk full',
    null,
    null,
    'disk full',
    null,
  ]
  const reported: string[] = []
  let round = 0
  const ended = new Promise<void>(resolve => {
    const job = startJobLoop({
      clock,
      idleDelay: 0,
      run: async () => {
        const cause = causes[round]
        round += 1
        if (round > causes.length) {
          resolve()
          void job.stop()
          return 0
        }
        clock.forward(seconds(1))
        if (cause) throw new Error(cause)
        return 0
      },
      onFault: fault => reported.push(String(fault)),
      onRecovery: lasted => reported.push(lasted >= seconds(1) ? 'works again' : 'at once'),
    })
  })
  await ended
  expect(reported).toEqual([
    'Error: disk full',
    'Error: read-only',
    'works again',
    'Error: disk full',
    'works again',
  ])
})
