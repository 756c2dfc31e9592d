import { describe, expect, it } from 'vitest'
import { framed, syslogMessage } from './message.ts'

const event = {
  chain: '4b2c',
  sequence: 7,
  at: Date.UTC(2026, 8, 1, 8, 30, 0, 250),
  kind: 'password.written',
  actor: 'person:4b2c',
  subject: null,
  link: 'Xq0c',
}
const origin = { host: 'portal1', process: 42 }

describe('an audit event as a message of RFC 5424', () => {
  it('has its facility, time, host, process, kind, number and place in its chain', () => {
    expect(syslogMessage(event, 12, origin)).toBe(
      '<110>1 2026-09-01T08:30:00.250Z portal1 sesame 42 password.written ' +
        '[meta sequenceId="12"][sesame@32473 chain="4b2c" sequence="7" subject="4b2c" actor="person:4b2c" link="Xq0c"] password.written',
    )
  })

  it.each([
    ['joker.wrong', 108],
    ['sign-in.refused', 108],
    ['account.frozen', 108],
    ['mail.abandoned-before-proof', 108],
    ['account.recovery-closed', 108],
    ['joker.right', 110],
    ['account.unfrozen', 110],
    ['session.ended', 110],
  ])('%s has the priority %i', (kind, priority) => {
    expect(syslogMessage({ ...event, kind }, 1, origin)).toMatch(new RegExp(`^<${priority}>1 `))
  })

  it('is one event whatever a value holds: nothing in it ends the value, the element or the line', () => {
    const actor = 'operator:Zoé "]\\ [x@1 a="b"]\r\n<110>1 - - - - - -'
    const message = syslogMessage({ ...event, actor }, 1, { host: 'a b\nc', process: 1 })
    expect(message).not.toMatch(/[\r\n]/)
    expect(message).toContain('actor="operator:Zoé \\"\\]\\\\ [x@1 a=\\"b\\"\\]  <110>1 - - - - - -"')
    expect(message.split(' ')[2]).toBe('abc')
  })

  it('begins its count again after the greatest number that the counter of the collector has', () => {
    expect(syslogMessage(event, 2_147_483_647, origin)).toContain('sequenceId="2147483647"')
    expect(syslogMessage(event, 2_147_483_648, origin)).toContain('sequenceId="1"')
  })

  it('is framed by its length in bytes', () => {
    expect(framed('é<')).toBe('3 é<')
  })
})
