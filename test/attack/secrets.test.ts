import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type MailServer, startMailServer } from '../world/mail-server.ts'
import { available, type Rig, startPortal } from '../world/portal.ts'
import { type PortalProcess, spawnPortal } from '../world/portal-process.ts'
import { freePort } from '../world/ports.ts'
import { root } from '../world/root.ts'
import { newVisitor } from '../world/visitor.ts'

const first = 'Bienvenue!2026c'
const chosen = 'Tr0mbone&Cascade-3'
const refused = 'Gr4nit_Boussole Verte'
const wrongAnswer = 'Belphégor-le-chat'
const signInPassword = 'Faux+Passage/77'

/** One text in every form that a run could have produced. */
const formsOf = (text: string): Buffer[] => {
  const bytes = Buffer.from(text)
  const base64 = [0, 1, 2].map(shift => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // The first and last characters depend on the neighbours: the middle does not.
    return shifted.slice(shift === 0 ? 0 : 4, -4)
  })
  const variants = [
    ...[text, text.toLowerCase(), text.toUpperCase(), [...text].reverse().join('')],
    ...[text.normalize('NFD'), text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()],
    ...[
      encodeURIComponent(text),
      new URLSearchParams({ a: text }).toString().slice(2),
      JSON.stringify(text).slice(1, -1),
    ],
    ...[bytes.toString('hex'), bytes.toString('hex').toUpperCase()],
    ...base64.flatMap(one => [one, one.replaceAll('+', '-').replaceAll('/', '_')]),
  ]
  return [...new Set(variants)]
    .filter(one => one.length >= 6)
    .flatMap(one => [Buffer.from(one), Buffer.from(one, 'utf16le')])
}

const birthDates = [
  '14/07/1985',
  '14071985',
  '1985-07-14',
  '19850714',
  '14/7/1985',
  '1985-7-14',
  '"year":1985',
]

describe.skipIf(!available({ directory: 'slapd', store: 'SQLite' }))('after a whole run', () => {
  let rig: Rig
  let mail: MailServer
  let portal: PortalProcess
  let cookies: string[] = []
  const written = new Map<string, Buffer>()

  beforeAll(async () => {
    const port = await freePort()
    mail = await startMailServer({ port, tls: 'none', folder: '' })
    const config = {
      mail: { kind: 'smtp', host: '127.0.0.1', port, tls: 'none', from: 'sesame@univ.example' },
    }
    rig = await startPortal({ directory: 'slapd', store: 'SQLite', people: 20, config })
    await rig.portal.close()
    portal = await spawnPortal(rig)
    await run()
    await collect('while the portal runs')
    expect(sesame('backup', join(rig.folder, 'copy.jsonl')).status).toBe(0)
    await portal.stop()
    await collect('after the stop')
    written.set('backup', readFileSync(join(rig.folder, 'copy.jsonl')))
    written.set('log', Buffer.from(portal.lines.join('')))
    const audit = sesame('person', 'clefevre', '--by', 'test', '--reason', 'scan')
    written.set('audit', Buffer.from(audit.stdout + audit.stderr))
  }, 120_000)
  afterAll(async () => {
    await portal?.kill().catch(() => {})
    await mail?.stop()
    await rig?.slapd?.stop()
  })

  const sesame = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'bin/sesame.mjs'), ...args], {
      encoding: 'utf8',
      cwd: root,
      env: {
        PATH: process.env.PATH ?? '',
        SESAME_CONFIG: rig.configFile,
        SESAME_DATA: join(rig.folder, 'data'),
      },
    })

  /** A wrong answer, refused passwords, a change, its « Ce n'est pas moi », a sign-in, a fault with a reference. */
  const run = async () => {
    const visitor = newVisitor(rig.url)
    await visitor.identify('numero-personnel', '204518', '14/07/1985')
    await visitor.answer(wrongAnswer)
    await visitor.answer('Félix')
    await visitor.choose(refused)
    expect((await visitor.choose(chosen)).location).toMatch(/termine$/)
    await visitor.post('/fr/connexion', { identifiant: 'clefevre', motdepasse: signInPassword })
    await visitor.post('/fr/connexion', { identifiant: 'clefevre', motdepasse: chosen })
    await vi.waitFor(() => expect(mail.received.length).toBeGreaterThan(0), { timeout: 15_000 })
    const token = /ce-n-est-pas-moi\/([\w-]+)/.exec(mail.received[0]?.text ?? '')?.[1] ?? ''
    expect(token).not.toBe('')
    await visitor.get(`/fr/ce-n-est-pas-moi/${token}`)
    expect((await visitor.post(`/fr/ce-n-est-pas-moi/${token}`, { jeton: token })).status).toBe(200)
    await visitor.get('/fr/rien')
    cookies = [...visitor.cookies.values(), token]
    // The write-ahead log is emptied a few seconds after an erasure.
    await new Promise(resolve => setTimeout(resolve, 7000))
  }

  const collect = async (when: string) => {
    const data = join(rig.folder, 'data')
    for (const name of readdirSync(data, { recursive: true, encoding: 'utf8' }))
      if (/sqlite/.test(name)) written.set(`${name} ${when}`, readFileSync(join(data, name)))
  }

  const foundIn = (secret: string) =>
    formsOf(secret).flatMap(form =>
      [...written]
        .filter(([, bytes]) => bytes.includes(form))
        .map(([name]) => `${name} holds « ${form.toString()} »`),
    )

  it('there is something to scan: log, store, write-ahead log, backup, audit', () => {
    expect([...written.keys()].sort()).toEqual(
      expect.arrayContaining(['audit', 'backup', 'log', 'sesame.sqlite after the stop']),
    )
    expect(written.get('log')?.length).toBeGreaterThan(200)
    expect(written.get('backup')?.includes('password_history')).toBe(true)
  })

  it('the scan finds what is there', () => {
    written.set('planted', Buffer.from(`x${Buffer.from(`ab${chosen}cd`).toString('base64')}`))
    expect(foundIn(chosen)).not.toEqual([])
    written.delete('planted')
  })

  it.each([first, chosen, refused, wrongAnswer, signInPassword, 'Félix le chat'.slice(0, 5)])(
    'no password and no answer is anywhere: %s',
    secret => {
      expect(foundIn(secret === 'Félix' ? 'félix' : secret)).toEqual([])
    },
  )

  it('no birth date is anywhere', () => {
    expect(
      birthDates.flatMap(date =>
        foundIn(date).concat([...written].filter(([, bytes]) => bytes.includes(date)).map(([name]) => name)),
      ),
    ).toEqual([])
  })

  it('no handle of a journey, of a browser, nor a token of a mail is anywhere', () => {
    expect(cookies.length).toBeGreaterThanOrEqual(2)
    for (const handle of cookies) expect(foundIn(handle)).toEqual([])
  })

  it('no address of the person nor of a visitor is anywhere once the mails left', () => {
    for (const address of ['clefevre@univ.example', 'clefevre@maison.example', '127.0.0.1']) {
      const places = foundIn(address).filter(place => !(address === '127.0.0.1' && place.startsWith('log')))
      expect(places).toEqual([])
    }
  })
})
