import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { heartbeatInterval } from '../../src/jobs/heartbeat.ts'
import { type MailServer, startMailServer } from '../world/mail-server.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { freePort } from '../world/ports.ts'
import { startUnreliableLink, type UnreliableLink } from '../world/unreliable-link.ts'

/** `/readyz` is public: whoever asks again and again must reach no server behind the portal. */
describe.runIf(available({ directory: 'slapd', store: 'SQLite' }))('whether the portal is ready', () => {
  let fixture: PortalFixture
  let mailServer: MailServer
  let toMail: UnreliableLink
  let toDirectory: UnreliableLink
  beforeAll(async () => {
    const [mailPort, mailLink, ldapLink] = [await freePort(), await freePort(), await freePort()]
    mailServer = await startMailServer({ port: mailPort, tls: 'none', folder: '' })
    toMail = await startUnreliableLink(mailLink, mailPort)
    fixture = await startPortal({
      directory: 'slapd',
      store: 'SQLite',
      people: 20,
      config: async slapd => {
        toDirectory = await startUnreliableLink(ldapLink, Number(new URL(slapd.urls.ldaps).port))
        return {
          mail: { kind: 'smtp', host: '127.0.0.1', port: mailLink, tls: 'none', from: 'sesame@univ.example' },
          directory: { kind: 'ldap', ...slapd.settings({ urls: [`ldaps://127.0.0.1:${ldapLink}`] }) },
        }
      },
    })
  })
  afterAll(async () => {
    await fixture?.stop()
    await toMail?.stop()
    await toDirectory?.stop()
    await mailServer?.stop()
  })

  const ready = async (url: string | null) => {
    const response = await fetch(`${url}/readyz`)
    await response.arrayBuffer()
    return response.status
  }
  const count = 400

  it('is checked in the background, at each server behind it', async () => {
    await expect.poll(() => ready(fixture.url)).toBe(200)
    const before = [toMail.counts().connections, toDirectory.counts().requests] as const
    const later = () => [toMail.counts().connections > before[0], toDirectory.counts().requests > before[1]]
    await expect.poll(later, { timeout: 60_000 }).toEqual([true, true])
  })

  it.each([
    ['of everybody', () => fixture.url],
    ['of the operator', () => fixture.portal.adminUrl],
  ] as const)(
    'is answered from what was found then, on the address %s: asking reaches no server',
    async (_, url) => {
      await expect.poll(() => ready(url())).toBe(200)
      const [mails, people] = [toMail.counts(), toDirectory.counts()]
      const since = performance.now()
      const answers = new Set<number>()
      // One after the other: checks that run at the same time could be one.
      for (let asked = 0; asked < count; asked += 1) answers.add(await ready(url()))
      const rounds = 1 + Math.ceil((performance.now() - since) / heartbeatInterval)
      expect(toMail.counts().connections - mails.connections).toBeLessThanOrEqual(rounds)
      expect(toDirectory.counts().connections - people.connections).toBeLessThanOrEqual(rounds)
      expect(toDirectory.counts().requests - people.requests).toBeLessThan(count / 4)
      expect([...answers]).toEqual([200])
    },
  )
})
