import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { stringify } from 'yaml'
import { createCertificateAuthority } from './world/authority.ts'
import { startMailServer } from './world/mail-server.ts'
import { freePort } from './world/ports.ts'
import { createDatabase } from './world/postgres.ts'
import { scratchFolder } from './world/scratch.ts'
import { mountSmallDisk } from './world/small-disk.ts'
import { isRoot, startProcess } from './world/start-process.ts'
import { storeFlavours } from './world/stores.ts'
import { startUnreliableLink } from './world/unreliable-link.ts'
import { newVisitor, textOf } from './world/visitor.ts'

const folder = scratchFolder('sesame-store-away-')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A portal of its own process, with the address of the operator's listener. */
const startPortalAt = async (env: Record<string, string>, config: Record<string, unknown> = {}) => {
  const [port, adminPort] = [await freePort(), await freePort()]
  const file = join(folder, `sesame-${port}.yaml`)
  const publicUrl = `http://127.0.0.1:${port}`
  writeFileSync(file, stringify({ publicUrl, listen: { port, admin: { port: adminPort } }, ...config }))
  const started = await startProcess({ SESAME_CONFIG: file, PORT: '', ...env })
  expect(started.status).toBe('listening')
  const parts = async () => {
    const response = await fetch(`http://127.0.0.1:${adminPort}/readyz`)
    return ((await response.json()) as { parts: Record<string, boolean> }).parts
  }
  return {
    ...started,
    publicUrl,
    parts,
    /** Somebody identifies themselves, which writes to the store; returns the status. */
    identify: async () =>
      (await newVisitor(publicUrl).identify('numero-etudiant', '22104587', '3/11/2004')).status,
    /** The log lines of the changes of one part. */
    changes: (part: string) => started.entries().filter(entry => entry.part === part),
  }
}

/** The background jobs ran every second meanwhile. Each cause is told once for each job, and so is its end. */
const expectReportedOnce = async (entries: () => readonly Record<string, unknown>[]) => {
  const ofJobs = (state: string) =>
    entries().filter(entry => entry.job !== undefined && entry.state === state)
  const failing = ofJobs('failing')
  expect(failing.map(({ job }) => job)).toEqual(expect.arrayContaining(['settle', 'outbox']))
  const reported = failing.map(({ job, fault }) => `${job}: ${fault}`)
  expect(reported).toEqual([...new Set(reported)])
  const jobs = [...new Set(failing.map(({ job }) => job))].filter(job => job === 'settle' || job === 'outbox')
  await expect
    .poll(() => ofJobs('works again').map(({ job }) => job), { timeout: 20_000 })
    .toEqual(expect.arrayContaining(jobs))
  const ended = ofJobs('works again').map(({ job }) => job)
  expect(ended).toEqual([...new Set(ended)])
}

const titles = { fr: 'Service momentanément indisponible', en: 'Service temporarily unavailable' } as const

/** A form that writes to the store gets the page of this problem, with a reference, in both languages. */
const expectUnavailablePages = async (url: string) => {
  for (const language of ['fr', 'en'] as const) {
    const answer = await newVisitor(url).post(`/${language}/mot-de-passe/identification/numero-etudiant`, {
      numero: '22104587',
      naissance: '3/11/2004',
    })
    expect(answer.status).toBe(503)
    expect(textOf(answer.html)).toContain(titles[language])
    expect(answer.html).toMatch(/SES-\w{4}-\w{3}/)
  }
}

const postgresAvailable = storeFlavours.some(
  ({ flavour, available }) => flavour === 'PostgreSQL' && available,
)

describe.runIf(postgresAvailable)('while PostgreSQL is away', () => {
  it('people read that it is the store, the operator reads why, and the work resumes by itself', async () => {
    const database = new URL(await createDatabase(inject('postgres')))
    const port = await freePort()
    const link = await startUnreliableLink(port, Number(database.port))
    database.port = String(port)
    const portal = await startPortalAt({
      DATABASE_URL: database.href,
      SESAME_DATA: join(folder, 'postgres'),
    })
    try {
      expect(await portal.identify()).toBe(303)
      await expect.poll(async () => (await portal.parts()).store).toBe(true)
      link.make('refused')
      await expect.poll(portal.identify).toBe(503)
      await expectUnavailablePages(portal.publicUrl)
      expect(portal.entries().filter(({ problem }) => problem === 'bug')).toEqual([])
      const lastProblem = () => portal.entries().findLast(({ problem }) => problem === 'store-unavailable')
      await expect
        .poll(lastProblem)
        .toMatchObject({ status: 503, detail: expect.stringContaining('PostgreSQL') })
      await expect.poll(async () => (await portal.parts()).store).toBe(false)
      expect((await portal.parts()).disk).toBe(true)

      link.make('none')
      await expect.poll(portal.identify).toBe(303)
      await expect.poll(async () => (await portal.parts()).store).toBe(true)
      await expect
        .poll(() => portal.changes('store'))
        .toEqual([
          expect.objectContaining({
            level: 'error',
            state: 'unavailable',
            detail: expect.stringContaining('PostgreSQL'),
          }),
          expect.objectContaining({ level: 'info', state: 'available', seconds: expect.any(Number) }),
        ])
      await expectReportedOnce(portal.entries)
    } finally {
      await portal.stop()
      await link.stop()
    }
  })
})

const smallDisk = isRoot ? mountSmallDisk(join(folder, 'disk')) : null
afterAll(() => smallDisk?.unmount())

describe.runIf(smallDisk)('while the disk of the data folder is full', () => {
  it('people read that it is the store, the operator reads why, and the work resumes by itself', async () => {
    const portal = await startPortalAt({ SESAME_DATA: smallDisk?.disk ?? '' })
    try {
      await expect.poll(async () => (await portal.parts()).disk).toBe(true)
      expect(await portal.identify()).toBe(303)
      smallDisk?.fill()
      await expect.poll(portal.identify).toBe(503)
      await expectUnavailablePages(portal.publicUrl)
      expect(portal.entries().filter(({ problem }) => problem === 'bug')).toEqual([])
      await expect
        .poll(() => {
          smallDisk?.fill()
          return portal.parts()
        })
        .toMatchObject({ store: false, disk: false, keys: false, mail: true })
      // Its log comes by a pipe, and its state by HTTP.
      await expect
        .poll(() => portal.changes('disk'))
        .toEqual([
          expect.objectContaining({
            state: 'unavailable',
            detail: 'The disk of SESAME_DATA is full: make room.',
          }),
        ])

      smallDisk?.empty()
      await expect.poll(portal.identify).toBe(303)
      await expect.poll(portal.parts).toMatchObject({ store: true, disk: true, keys: true })
      const statesOfKeys = () => portal.changes('keys').map(({ state }) => state)
      await expect.poll(statesOfKeys).toEqual(['unavailable', 'available'])
    } finally {
      await portal.stop()
    }
  })

  it('a start on a disk that is mounted read-only says so', async () => {
    smallDisk?.remount('ro')
    const started = await startProcess({ SESAME_DATA: smallDisk?.disk ?? '' })
    smallDisk?.remount('rw')
    if (started.status === 'listening') await started.stop()
    expect([started.status, started.entries()]).toEqual([
      1,
      [expect.objectContaining({ detail: expect.stringMatching(/mounted read-only/) })],
    ])
  })
})

describe('while the mail server is away', () => {
  it('the log has one line with the cause when it begins, and one when it ends', async () => {
    createCertificateAuthority(folder)
    const port = await freePort()
    const mail = {
      kind: 'smtp',
      host: '127.0.0.1',
      port,
      caFile: join(folder, 'ca.pem'),
      from: 'a@univ.example',
    }
    const portal = await startPortalAt({ SESAME_DATA: join(folder, 'mail') }, { mail })
    try {
      await expect.poll(() => portal.changes('mail').length).toBe(1)
      const server = await startMailServer({ port, tls: 'starttls', folder, account: 'a:b' })
      await expect.poll(() => portal.changes('mail').length).toBe(2)
      await server.stop()
      expect(portal.changes('mail')).toEqual([
        expect.objectContaining({
          level: 'error',
          state: 'unavailable',
          detail: `127.0.0.1:${port} refuses the connection: start it, or correct the address.`,
        }),
        expect.objectContaining({ level: 'info', state: 'available' }),
      ])
    } finally {
      await portal.stop()
    }
  })
})
