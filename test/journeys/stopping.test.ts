import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { type PortalFixture, startPortal } from '../world/portal.ts'

/** A proxy that keeps one connection open. */
const newProxy = ({ url }: PortalFixture) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const send = (path: string, fields?: Readonly<Record<string, string>>) =>
    new Promise<{ status: number | undefined; connection: string | undefined; type: string | undefined }>(
      (resolve, reject) => {
        const type = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
        const sent = request(
          new URL(path, url),
          { agent, method: fields ? 'POST' : 'GET', headers: fields ? type : {} },
          answer => {
            answer.resume()
            const { connection, 'content-type': kind } = answer.headers
            answer.on('end', () => resolve({ status: answer.statusCode, connection, type: kind }))
          },
        )
        sent.on('error', reject)
        sent.end(fields && new URLSearchParams(fields).toString())
      },
    )
  return { send, end: () => agent.destroy() }
}

const typed = { numero: '204518', naissance: '14/07/1985' }
const form = '/fr/mot-de-passe/identification/numero-personnel'

describe('a portal that is stopped behind a proxy', () => {
  const running: PortalFixture[] = []
  afterAll(async () => {
    for (const one of running) await one.stop()
  })
  const start = async () => {
    const fixture = await startPortal({ directory: 'embedded', store: 'SQLite' })
    running.push(fixture)
    return fixture
  }

  it('carries out what comes over a connection that the proxy kept, and then closes it; another one is refused (fastify/fastify#5524)', async () => {
    const fixture = await start()
    const [kept, second] = [newProxy(fixture), newProxy(fixture)]
    expect((await kept.send('/fr/')).connection).toBe('keep-alive')
    const stopped = fixture.portal.close(5000)
    await expect.poll(() => second.send('/fr/').catch(({ code }) => code)).toBe('ECONNREFUSED')
    const answer = await kept.send(form, typed)
    expect(answer).toMatchObject({ status: 303, connection: 'close' })
    await stopped
    kept.end()
  })

  it('ends with its last connection, and never before an answer that is under way', async () => {
    const fixture = await start()
    const kept = newProxy(fixture)
    await kept.send('/fr/')
    const under = kept.send(form, typed)
    await once(fixture.portal.app.server, 'request')
    await fixture.portal.close()
    expect((await under).status).toBe(303)
    kept.end()
  })

  const head = 'Host: 127.0.0.1\r\nContent-Length: 100\r\nContent-Type: application/x-www-form-urlencoded'
  it.each([
    ['nothing', ''],
    ['half of the head of a request', 'GET /fr/ HTTP/1.1\r\nHost: 127.0.0.1\r\n'],
    ['half of a form', `POST /fr/connexion HTTP/1.1\r\n${head}\r\n\r\nidentifiant=`],
  ])('ends although somebody sent %s and then no more', async (_, sent) => {
    const fixture = await start()
    const { server } = fixture.portal.app
    const socket = connect(Number(new URL(fixture.url).port), '127.0.0.1')
    socket.on('error', () => {}).resume()
    await once(server, 'connection')
    await new Promise(resolve => socket.write(sent, resolve))
    // The longest that one request may last is twenty seconds in the product.
    server.requestTimeout = 300
    await fixture.portal.close()
    expect(socket.destroyed || (await once(socket, 'close'))).toBeTruthy()
  })
})
