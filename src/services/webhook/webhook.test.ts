import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCertificateAuthority } from '../../../test/world/authority.ts'
import { freePort } from '../../../test/world/ports.ts'
import type { PersonId } from '../../directory/directory.ts'
import { webhookSettings } from './settings.ts'
import { createWebhookWriter } from './webhook.ts'

const camille = { person: 'uuid-1' as PersonId, login: 'clefevre' }
const password = 'Tr0mbone&Cascade-3'
const instant = Date.UTC(2026, 10, 24, 12)
const unavailable = { ok: false, reason: 'service-unavailable' }
const unknown = { ok: false, reason: 'outcome-unknown' }

describe('the webhook writer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-webhook-'))
  const secretFile = join(folder, 'secret')
  type ReceivedMessage = { readonly headers: IncomingHttpHeaders; readonly body: string }
  const received: ReceivedMessage[] = []
  let behave: (response: ServerResponse) => void
  const servers = ['http', 'https'] as const
  const urls = { http: '', https: '' }
  const open: ReturnType<typeof createServer>[] = []
  const writerWith = (changes: object = {}) =>
    createWebhookWriter(
      webhookSettings.parse({ url: urls.http, secretFile, timeout: 1000, ...changes }),
      () => instant,
    )
  const answering = (status: number, body: string) => {
    behave = response => response.writeHead(status).end(body)
  }
  beforeAll(async () => {
    createCertificateAuthority(folder)
    writeFileSync(secretFile, 'the secret of both\n')
    const tls = {
      key: readFileSync(join(folder, 'server.key')),
      cert: readFileSync(join(folder, 'server.pem')),
    }
    for (const scheme of servers) {
      const server = scheme === 'http' ? createServer() : createSecureServer(tls)
      server.on('request', (request, response) => {
        let body = ''
        request.on('data', data => {
          body += data
        })
        request.on('end', () => {
          received.push({ headers: request.headers, body })
          behave(response)
        })
      })
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      urls[scheme] = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
      open.push(server)
    }
  })
  afterAll(() => {
    for (const server of open) {
      server.closeAllConnections()
      server.close()
    }
    rmSync(folder, { recursive: true })
  })

  it('sends a message signed with its time, without the password', async () => {
    answering(200, '{"ok":true}')
    expect(await writerWith().write(camille, password)).toEqual({ ok: true })
    const { headers, body } = received.at(-1) as ReceivedMessage
    expect(JSON.parse(body)).toEqual({
      event: 'password.changed',
      id: 'uuid-1',
      login: 'clefevre',
      at: '2026-11-24T12:00:00.000Z',
    })
    const signed = createHmac('sha256', 'the secret of both')
      .update(`${instant / 1000}.${body}`)
      .digest('hex')
    expect(headers['sesame-signature']).toBe(`t=${instant / 1000},v1=${signed}`)
    expect(JSON.stringify(received)).not.toContain('Tr0mbone')
  })

  it.each([
    [201, '{"ok":true,"more":1}', { ok: true }],
    [200, '{"ok":false}', unknown],
    [200, 'ok', unknown],
    [204, '', unknown],
    [302, '', unavailable],
    [500, '{"ok":true}', unavailable],
    [429, '', unavailable],
    [400, 'what?', { ok: false, reason: 'service-not-allowed' }],
    [404, '{"ok":false,"reason":"no-account"}', { ok: false, reason: 'service-no-account' }],
    [403, '{"ok":false,"reason":"privileged"}', { ok: false, reason: 'service-privileged' }],
    [422, '{"ok":false,"reason":"policy"}', { ok: false, reason: 'service-policy' }],
    [422, '{"ok":false,"reason":"constructor"}', { ok: false, reason: 'service-not-allowed' }],
  ])('maps the answer %i « %s » to its result', async (status, body, result) => {
    answering(status, body)
    expect(await writerWith().write(camille, password)).toEqual(result)
  })

  it('returns faults as results: no answer, a closed connection, an endless answer, no server', async () => {
    const { write } = writerWith()
    behave = () => {}
    expect(await write(camille, password)).toEqual(unknown)
    behave = response => response.destroy()
    expect(await write(camille, password)).toEqual(unknown)
    behave = response => response.writeHead(200).end('x'.repeat(2_000_000))
    expect(await write(camille, password)).toEqual(unknown)
    const url = `http://127.0.0.1:${await freePort()}/`
    expect(await writerWith({ url }).write(camille, password)).toEqual(unavailable)
  })

  it('checks the certificate before it sends anything over TLS', async () => {
    answering(200, '{"ok":true}')
    const { https: url } = urls
    expect(await writerWith({ url, caFile: join(folder, 'ca.pem') }).write(camille, password)).toEqual({
      ok: true,
    })
    const before = received.length
    expect(await writerWith({ url }).write(camille, password)).toEqual(unavailable)
    expect(received).toHaveLength(before)
  })

  it('accepts plain HTTP only for this machine, and no credentials in the URL', () => {
    const problem = (url: string) => webhookSettings.safeParse({ url, secretFile }).error?.issues[0]?.message
    expect(problem('http://hook.univ.example/')).toContain('https://')
    expect(problem('https://user:secret@hook.univ.example/')).toContain('secrets are in files')
    expect(problem('ftp://hook.univ.example/')).toBeDefined()
    expect(problem('https://hook.univ.example/')).toBeUndefined()
  })

  it('sesame check sends a ping that names no person', async () => {
    answering(200, '{"ok":true}')
    expect(await writerWith().check()).toMatchObject([{ level: 'good', what: 'webhook' }])
    expect(JSON.parse(received.at(-1)?.body ?? '')).toEqual({ event: 'ping', at: '2026-11-24T12:00:00.000Z' })
    answering(404, '')
    expect(await writerWith().check()).toMatchObject([{ level: 'wrong', what: 'webhook' }])
  })
})
