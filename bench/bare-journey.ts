import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'ldapts'
import { passwordModifyOid, passwordModifyRequest } from '../src/directory/ldap/password-modify.ts'
import { openHashing } from '../src/hashing/hashing.ts'
import { crowdPeople } from '../test/world/crowd.ts'
import { dnOf } from '../test/world/people.ts'
import { scratchFolder } from '../test/world/scratch.ts'
import { type Agent, newBrowser } from './browser.ts'
import { freePort, startScript } from './portal-process.ts'
import type { OnSlapd } from './slapd-portal.ts'

/** The HTTP requests of `walk`. */
const requests = 6
/** Argon2id of the answer to the joker and of the new password. */
const hashes = 2

type Operations = { readonly Search: number; readonly Bind: number; readonly Extended: number }

/** How many operations slapd has completed, as cn=Monitor counts them. */
const readOperations = ({ slapd }: OnSlapd): Promise<Operations> =>
  slapd.as('portal', async client => {
    const { searchEntries } = await client.search('cn=Operations,cn=Monitor', {
      attributes: ['monitorOpCompleted'],
    })
    const of = (name: keyof Operations) =>
      Number(searchEntries.find(({ dn }) => dn.startsWith(`cn=${name},`))?.monitorOpCompleted ?? 0)
    return { Search: of('Search'), Bind: of('Bind'), Extended: of('Extended') }
  })

/** What one journey asks of the directory, counted over several. */
export const operationsOfJourney = async (
  portal: OnSlapd,
  journeys: number,
  walkAll: () => Promise<unknown>,
): Promise<Operations> => {
  const before = await readOperations(portal)
  await walkAll()
  const after = await readOperations(portal)
  const each = (name: keyof Operations) => Math.round((after[name] - before[name]) / journeys)
  return { Search: each('Search'), Bind: each('Bind'), Extended: each('Extended') }
}

/**
 * What the same cores do for a journey without Sésame, beside the same neighbours: the hashes, the operations of the directory, and
 * as many HTTP answers of the size of a page, from a bare server to the same client.
 */
export const openBareJourney = async (portal: OnSlapd, operations: Operations, atOnce: number) => {
  const { slapd } = portal
  const tls = { ca: [readFileSync(slapd.caFile)] }
  const bound = async () => {
    const client = new Client({ url: slapd.urls.ldaps, tlsOptions: tls, strictDN: false })
    await client.bind(slapd.portalDn, slapd.service('portal').password)
    return client
  }
  const free = await Promise.all(
    Array.from({ length: atOnce }, async () => ({ portal: await bound(), person: await bound() })),
  )
  const all = [...free]
  const hashing = openHashing()
  const body = await (await fetch(`${portal.url}/fr/mot-de-passe`)).text()
  const answer = join(scratchFolder('sesame-bare-'), 'answer.json')
  const headers = ['Content-Type', 'text/html', 'Content-Length', String(Buffer.byteLength(body))]
  writeFileSync(answer, JSON.stringify({ headers, body: Buffer.from(body).toString('base64') }))
  const port = await freePort()
  const bare = await startScript('bench/bare-http.ts', { BARE_PORT: String(port), BARE_ANSWER: answer })
  const dns = crowdPeople(portal.crowdMembers.length).map(dnOf)

  const hash = async (password: string, index: number) => {
    const order = { password, salt: 'c2FsdHNhbHRzYWx0', pepper: Buffer.alloc(32) }
    const done = await hashing.hash({ ...order, network: `n${index % 100}`, queueKey: password })
    if (!done.ok) throw new Error(done.reason)
  }
  const walk = async (agent: Agent, index: number) => {
    const dn = dns[index] ?? ''
    const password = `Marmite+Violon-${index}`
    const browser = newBrowser(port, agent, `198.51.${index % 100}.1`)
    for (let asked = 0; asked < requests; asked += 1) await browser.ask('/')
    for (let done = 0; done < hashes; done += 1) await hash(`${password}-${done}`, index)
    const pair = free.pop()
    if (!pair) throw new Error('more at once than pairs of connections')
    for (let done = 0; done < operations.Search; done += 1)
      await pair.portal.search(dn, { scope: 'base', attributes: ['*', '+'] })
    for (let done = 0; done < operations.Extended; done += 1)
      await pair.portal.exop(passwordModifyOid, passwordModifyRequest(dn, password))
    for (let done = 0; done < operations.Bind; done += 1) await pair.person.bind(dn, password)
    free.push(pair)
  }
  return {
    walk,
    close: async () => {
      for (const pair of all) await Promise.all([pair.portal.unbind(), pair.person.unbind()])
      await hashing.close()
      await bare.stop()
    },
  }
}
