import { afterEach, describe, expect, it } from 'vitest'
import { days } from '../../src/clock.ts'
import { securityTextSettings } from '../../src/web/well-known.ts'
import { movableClock } from '../world/clock.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { freePort } from '../world/ports.ts'

const securityText = {
  contact: ['mailto:securite@univ.example', 'https://univ.example/securite'],
  policy: 'https://univ.example/divulgation',
}

describe('the addresses that programs know without asking', () => {
  let fixture: PortalFixture
  const clock = movableClock()
  const open = async (config: Readonly<Record<string, unknown>> = {}) => {
    fixture = await startPortal({ directory: 'embedded', store: 'SQLite', clock, config })
  }
  afterEach(() => fixture?.stop())

  const ask = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${new URL(fixture.url).origin}/.well-known/${path}`, { redirect: 'manual', headers })

  it('lead a password manager to the change of password, in the language of the browser', async () => {
    await open()
    const answer = await ask('change-password')
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/compte/mot-de-passe'])
    const inEnglish = await fetch(`${fixture.url}/compte/mot-de-passe`, {
      redirect: 'manual',
      headers: { 'accept-language': 'en' },
    })
    expect(inEnglish.headers.get('location')).toBe('/en/connexion/vers/mot-de-passe')
    expect((await ask('resource-that-should-not-exist-whose-status-code-should-not-be-200')).status).toBe(404)
  })

  it('name the page of the passkeys', async () => {
    await open()
    const answer = await ask('passkey-endpoints')
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    const passkeys = `${fixture.url}/compte/cles-d-acces`
    expect(await answer.json()).toEqual({ enroll: passkeys, manage: passkeys })
  })

  it('have the path under which a proxy publishes the portal', async () => {
    const port = await freePort()
    const publicUrl = `http://127.0.0.1:${port}/sesame`
    await open({ publicUrl, listen: { port, admin: { port: 0 } } })
    const { origin } = new URL(publicUrl)
    for (const from of [origin, publicUrl]) {
      const answer = await fetch(`${from}/.well-known/change-password`, { redirect: 'manual' })
      expect(answer.headers.get('location')).toBe('/sesame/compte/mot-de-passe')
      const endpoints = await (await fetch(`${from}/.well-known/passkey-endpoints`)).json()
      expect(endpoints).toMatchObject({ manage: `${publicUrl}/compte/cles-d-acces` })
    }
  })

  it('say whom to write to about a vulnerability, until the configured time', async () => {
    const expires = new Date(clock.now() + days(30)).toISOString()
    await open({ securityText: { ...securityText, expires } })
    const answer = await ask('security.txt')
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await answer.text()).toBe(`Contact: mailto:securite@univ.example
Contact: https://univ.example/securite
Expires: ${expires}
Preferred-Languages: fr, en
Canonical: ${new URL(fixture.url).origin}/.well-known/security.txt
Policy: https://univ.example/divulgation
`)
    clock.forward(days(31))
    expect((await ask('security.txt')).status).toBe(404)
  })

  it('say nothing about vulnerabilities without a setting', async () => {
    await open()
    expect((await ask('security.txt')).status).toBe(404)
  })
})

it.each([
  { contact: [], expires: '2027-06-30T00:00:00Z' },
  { contact: ['securite@univ.example'], expires: '2027-06-30T00:00:00Z' },
  { contact: ['http://univ.example/'], expires: '2027-06-30T00:00:00Z' },
  { contact: ['mailto:a@univ.example\nPolicy: https://evil.example'], expires: '2027-06-30T00:00:00Z' },
  { contact: ['mailto:a@univ.example'], expires: '2027-06-30' },
  { contact: ['mailto:a@univ.example'] },
])('the content %j of security.txt is not accepted', content => {
  expect(securityTextSettings.safeParse(content).success).toBe(false)
})
