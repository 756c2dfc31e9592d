import { describe, expect, it } from 'vitest'
import { loggedOutTicket } from './logout-request.ts'

const message = (inner: string, attributes = 'ID="LR-1" Version="2.0" IssueInstant="2026-11-25T08:00:00Z"') =>
  `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ${attributes}>${inner}</samlp:LogoutRequest>`
const named = '<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">@NOT_USED@</saml:NameID>'

describe('the log-out message of a CAS server', () => {
  it('names the ticket, in whatever prefix and around whatever else', () => {
    expect(loggedOutTicket(message(`${named}<samlp:SessionIndex>ST-12-abc</samlp:SessionIndex>`))).toBe(
      'ST-12-abc',
    )
    expect(
      loggedOutTicket('<LogoutRequest><SessionIndex>\n  ST-12-abc\n</SessionIndex></LogoutRequest>'),
    ).toBe('ST-12-abc')
  })

  it.each(['ST-12&#45;o&#39;neill', 'ST&#x2D;12-o&#x27;neill'])(
    'names the ticket with characters by number: %s',
    ticket => {
      expect(loggedOutTicket(message(`<samlp:SessionIndex>${ticket}</samlp:SessionIndex>`))).toBe(
        "ST-12-o'neill",
      )
    },
  )

  it('is read as it is written: a number stays a text', () => {
    expect(loggedOutTicket(message('<samlp:SessionIndex>0012e3</samlp:SessionIndex>'))).toBe('0012e3')
  })

  it.each([
    '',
    'ST-1',
    message(''),
    message('<samlp:SessionIndex></samlp:SessionIndex>'),
    message('<samlp:SessionIndex>ST-1</samlp:SessionIndex><samlp:SessionIndex>ST-2</samlp:SessionIndex>'),
    message('<samlp:SessionIndex><a>ST-1</a></samlp:SessionIndex>'),
    message(`<samlp:SessionIndex>${'x'.repeat(301)}</samlp:SessionIndex>`),
    message(`<!-- ${'x'.repeat(9000)} --><samlp:SessionIndex>ST-1</samlp:SessionIndex>`),
    message('<samlp:SessionIndex>ST-1</samlp:SessionIndex>').slice(0, -3),
    `<!DOCTYPE x [<!ENTITY t "ST-1">]>${message('<samlp:SessionIndex>&t;</samlp:SessionIndex>')}`,
    '<LogoutRequest>'.repeat(400),
  ])('« %.60s » ends nothing', xml => {
    expect(loggedOutTicket(xml)).toBeNull()
  })
})
