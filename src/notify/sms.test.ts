import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCertificateAuthority } from '../../test/world/authority.ts'
import { freePort } from '../../test/world/ports.ts'
import { scratchFolder } from '../../test/world/scratch.ts'
import { createHttpGateway, smsSettings } from './sms.ts'

const sms = { id: 'mail-1', to: '+33612345678', text: 'Code : 123 456 — « é »' }
const unavailable = { ok: false, reason: 'mail-unavailable' }

describe('the gateway of text messages', () => {
  const folder = scratchFolder('sesame-gateway-')
  const tokenFile = join(folder, 'token')
  const received: { readonly authorization: string | undefined; readonly body: string }[] = []
  let behave: (response: ServerResponse) => void = response => response.writeHead(202).end()
  const urls = { http: '', https: '' }
  const open: ReturnType<typeof createServer>[] = []
  const gatewayWith = (changes: object = {}) => {
    const settings = smsSettings.parse({ kind: 'http', url: urls.http, tokenFile, ...changes })
    if (settings.kind !== 'http') throw new Error('no gateway')
    return createHttpGateway(settings)
  }
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    request.setEncoding('utf8').on('data', data => {
      body += data
    })
    request.on('end', () => {
      received.push({ authorization: request.headers.authorization, body })
      behave(response)
    })
  }

  beforeAll(async () => {
    createCertificateAuthority(folder)
    writeFileSync(tokenFile, 'the token\n')
    const [key, cert] = ['server.key', 'server.pem'].map(name => readFileSync(join(folder, name)))
    const servers = { http: createServer(answer), https: createSecureServer({ key, cert }, answer) }
    for (const scheme of ['http', 'https'] as const) {
      const server = servers[scheme]
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      urls[scheme] = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/`
      open.push(server)
    }
  })
  afterAll(() => Promise.all(open.map(server => new Promise(resolve => server.close(resolve)))))

  it('gets the message as JSON, with its token', async () => {
    behave = response => response.writeHead(202).end()
    expect(await gatewayWith().send(sms)).toEqual({ ok: true })
    expect(received.at(-1)?.authorization).toBe('Bearer the token')
    expect(JSON.parse(received.at(-1)?.body ?? '')).toEqual(sms)
  })

  it('is trusted by the authority of caFile alone, and gets nothing before its certificate was checked', async () => {
    behave = response => response.writeHead(200).end()
    const { https: url } = urls
    expect(await gatewayWith({ url, caFile: join(folder, 'ca.pem') }).send(sms)).toEqual({ ok: true })
    const before = received.length
    expect(await gatewayWith({ url }).send(sms)).toEqual(unavailable)
    expect(received).toHaveLength(before)
  })

  it.each([
    [204, { ok: true }],
    [302, unavailable],
    [400, { ok: false, reason: 'mail-refused' }],
    [408, unavailable],
    [429, unavailable],
    [500, unavailable],
  ])('answers %i: tried again, or final', async (status, result) => {
    behave = response => response.writeHead(status, { location: urls.http }).end()
    const before = received.length
    expect(await gatewayWith().send(sms)).toEqual(result)
    // A redirect is not followed.
    expect(received).toHaveLength(before + 1)
  })

  const answers = {
    'is too long': (response: ServerResponse) => response.end('x'.repeat(600 * 1024)),
    'is cut off': (response: ServerResponse) => response.write('x', () => response.destroy()),
  } as const
  it.each([
    ['is too long', 200, { ok: true }],
    ['is cut off', 202, { ok: true }],
    ['is too long', 500, unavailable],
    ['is cut off', 503, unavailable],
  ] as const)(
    'sends no second message once it was taken, though the answer %s: %i',
    async (way, status, result) => {
      behave = response => {
        response.writeHead(status, { 'content-length': 1e6 })
        answers[way](response)
      }
      expect(await gatewayWith().send(sms)).toEqual(result)
    },
  )

  it('returns faults as results: a closed connection, no server', async () => {
    behave = response => response.destroy()
    expect(await gatewayWith().send(sms)).toEqual(unavailable)
    expect(await gatewayWith({ url: `http://127.0.0.1:${await freePort()}/` }).send(sms)).toEqual(unavailable)
  })
})
