import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figure } from './figure.ts'
import { rateOf } from './load.ts'
import { freePort, median, startDemonstration, startScript } from './portal-process.ts'

const goal = 0.8
const rounds = 7
const path = '/fr/identifiants-oublies'
const load = { path, connections: 16, milliseconds: 1500 }

/** Headers that Node adds to every answer. */
const ownOfNode = new Set(['date', 'connection', 'keep-alive'])

const captured = (port: number) =>
  new Promise<{ headers: string[]; body: string }>((resolve, reject) => {
    const options = {
      port,
      host: '127.0.0.1',
      path,
      headers: { 'accept-encoding': 'br', 'accept-language': 'fr' },
    }
    request(options, answer => {
      const parts: Buffer[] = []
      answer.on('data', part => parts.push(part))
      answer.on('end', () => {
        const pairs = answer.rawHeaders.flatMap((name, index, all) =>
          index % 2 === 0 && !ownOfNode.has(name.toLowerCase()) ? [name, all[index + 1] ?? ''] : [],
        )
        resolve({ headers: pairs, body: Buffer.concat(parts).toString('base64') })
      })
    })
      .on('error', reject)
      .end()
  })

/** An entry page against bare `node:http` that sends the same bytes and headers: interleaved rounds, median ratio. */
export const staticPage = async (): Promise<Figure> => {
  const portal = await startDemonstration()
  const folder = mkdtempSync(join(tmpdir(), 'sesame-bare-'))
  const answer = join(folder, 'answer.json')
  writeFileSync(answer, JSON.stringify(await captured(portal.port)))
  const port = await freePort()
  const bare = await startScript('bench/bare-http.ts', { BARE_PORT: String(port), BARE_ANSWER: answer })

  const ratios: number[] = []
  const rates: { portal: number[]; bare: number[] } = { portal: [], bare: [] }
  await rateOf({ ...load, port: portal.port })
  await rateOf({ ...load, port })
  for (let round = 0; round < rounds; round += 1) {
    const ours = await rateOf({ ...load, port: portal.port })
    const floor = await rateOf({ ...load, port })
    rates.portal.push(Math.round(ours))
    rates.bare.push(Math.round(floor))
    ratios.push(ours / floor)
  }
  await bare.stop()
  await portal.stop()
  portal.forget()
  rmSync(folder, { recursive: true })
  const value = Number(median(ratios).toFixed(3))
  return {
    figure: 'entry-page-vs-bare-http',
    value,
    goal: `>= ${goal}`,
    good: value >= goal,
    detail: {
      rounds,
      'portal-per-second': median(rates.portal),
      'bare-per-second': median(rates.bare),
      path,
    },
  }
}
