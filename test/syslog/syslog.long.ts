import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createAudit } from '../../src/audit/chain.ts'
import { minutes } from '../../src/clock.ts'
import type { Store } from '../../src/store/store.ts'
import { collectorState } from '../../src/syslog/check.ts'
import { type SyslogSettings, syslogSettings } from '../../src/syslog/settings.ts'
import { createSyslog } from '../../src/syslog/syslog.ts'
import { createCertificateAuthority } from '../world/authority.ts'
import { movableClock } from '../world/clock.ts'
import { unlimited } from '../world/limits.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { freePort } from '../world/ports.ts'
import { root } from '../world/root.ts'
import { scratchFolder } from '../world/scratch.ts'
import { newStore, storeFlavours } from '../world/stores.ts'
import { newVisitor } from '../world/visitor.ts'

/** The settings of rsyslog in the document, for TLS; without its three lines about certificates for TCP. */
const documented =
  /```rsyslog\n(.*?)```/s.exec(readFileSync(join(root, 'docs/operate/audit.md'), 'utf8'))?.[1] ?? ''

const settingsOf = (folder: string, transport: 'tls' | 'tcp', port: number) => {
  const settings = documented
    .replaceAll('/etc/rsyslog.d/', `${folder}/`)
    .replace('/var/log/sesame-audit.log', `${folder}/received`)
    .replace('"6514"', `"${port}" address="127.0.0.1"`)
  if (transport === 'tls') return settings
  return settings.replace(/^module.*$/m, 'module(load="imtcp")').replace(/^global.*$/m, '')
}

/** A real rsyslog on a port, with a file of what it received. */
const startRsyslog = async (folder: string) => {
  const child = spawn(
    '/usr/sbin/rsyslogd',
    ['-n', '-f', join(folder, 'rsyslog.conf'), '-i', join(folder, 'pid')],
    {
      stdio: 'inherit',
    },
  )
  const ended = once(child, 'exit')
  return {
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

type Message = {
  readonly number: number
  readonly chain: string
  readonly sequence: number
  readonly line: string
}

const receivedIn = (folder: string): readonly Message[] => {
  const file = join(folder, 'received')
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  return lines.map(line => {
    const [, number, chain = '', sequence] =
      /^<\d+>1 \S+Z \S+ sesame \d+ \S+ \[meta sequenceId="(\d+)"\]\[sesame@32473 chain="([^"]*)" sequence="(\d+)" .*\] \S+$/.exec(
        line,
      ) ?? []
    return { number: Number(number), chain, sequence: Number(sequence), line }
  })
}

const idOf = ({ chain, sequence }: Pick<Message, 'chain' | 'sequence'>) => `${chain} ${sequence}`

const kinds = [
  { transport: 'tls', store: 'SQLite' },
  { transport: 'tcp', store: 'PostgreSQL' },
] as const

describe.each(kinds.filter(({ store }) => available({ directory: 'embedded', store })))(
  'the audit log at a real rsyslog over $transport, on $store',
  ({ transport, store }) => {
    const folder = scratchFolder('sesame-syslog-')
    let fixture: PortalFixture
    let collector: Awaited<ReturnType<typeof startRsyslog>> | null = null
    let settings: SyslogSettings

    beforeAll(async () => {
      createCertificateAuthority(folder)
      const port = await freePort()
      settings = syslogSettings.parse({
        ...{ host: '127.0.0.1', port, transport },
        ...(transport === 'tls' && { caFile: join(folder, 'ca.pem') }),
      })
      writeFileSync(join(folder, 'rsyslog.conf'), settingsOf(folder, transport, port))
      fixture = await startPortal({
        ...{ directory: 'embedded', store, crowd: 20 },
        config: { audit: { syslog: settings }, limits: unlimited },
      })
      await vi.waitUntil(begun, { timeout: 30_000 })
    })
    afterAll(async () => {
      await collector?.stop()
      await fixture?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    const read = () => fixture.application.store.read
    const begun = async () =>
      (await read().selectFrom('audit_stream').selectAll().executeTakeFirst()) !== undefined

    /** How often the portal began to find the collector unavailable. */
    const failures = () =>
      fixture.lines.filter(line => line.includes('"job":"syslog","state":"failing"')).length

    /** Every event since the beginning of the stream. */
    const before = new Set<string>()
    const events = async () => {
      const rows = await read().selectFrom('audit_events').select(['chain', 'sequence']).execute()
      return rows.map(idOf).filter(id => !before.has(id))
    }
    const signIns = async (from: number, to: number) => {
      for (const { login } of fixture.crowd.slice(from, to))
        await newVisitor(fixture.url).signIn(login, 'Faux-Passage-1')
    }
    const missing = async () => {
      const received = new Set(receivedIn(folder).map(idOf))
      return (await events()).filter(id => !received.has(id))
    }

    it('gets every event, those too that happened while it was unavailable', async () => {
      for (const row of await read().selectFrom('audit_sent_heads').selectAll().execute())
        for (let sequence = 1; sequence <= row.sequence; sequence += 1)
          before.add(idOf({ chain: row.chain, sequence }))
      expect((await collectorState(settings))[0]).toBe('wrong')
      await signIns(0, 6)
      expect((await events()).length).toBeGreaterThanOrEqual(6)
      await expect.poll(failures).toBe(1)
      collector = await startRsyslog(folder)
      await expect.poll(missing, { timeout: 60_000 }).toEqual([])
      expect((await collectorState(settings))[0]).toBe('good')

      await collector.stop()
      await signIns(6, 12)
      await expect.poll(failures).toBe(2)
      collector = await startRsyslog(folder)
      await signIns(12, 20)
      await expect.poll(missing, { timeout: 60_000 }).toEqual([])
    })

    it('numbers its messages without a gap, and none holds a number or what somebody typed', () => {
      const received = receivedIn(folder)
      const numbers = [...new Set(received.map(({ number }) => number))].sort((a, b) => a - b)
      expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1))
      const text = received.map(({ line }) => line).join('\n')
      for (const { number, initialPassword } of fixture.crowd) {
        expect(text).not.toContain(number)
        expect(text).not.toContain(initialPassword)
      }
      expect(text).not.toContain('Faux-Passage')
    })
  },
)

const flavours = storeFlavours.filter(({ available: is }) => is)

describe.each(flavours)('processes that send the audit log of one store, on $flavour', ({ flavour }) => {
  const folder = scratchFolder('sesame-syslog-')
  let collector: Awaited<ReturnType<typeof startRsyslog>>
  let stored: Awaited<ReturnType<typeof newStore>>
  let settings: SyslogSettings
  const clock = movableClock(Date.UTC(2026, 8, 1))
  const audit = createAudit(() => Buffer.alloc(32, 1), clock)

  beforeAll(async () => {
    const port = await freePort()
    settings = syslogSettings.parse({ host: '127.0.0.1', port, transport: 'tcp' })
    writeFileSync(join(folder, 'rsyslog.conf'), settingsOf(folder, 'tcp', port))
    collector = await startRsyslog(folder)
    await vi.waitUntil(async () => (await collectorState(settings))[0] === 'good', { timeout: 30_000 })
    stored = await newStore(flavour)
  })
  afterAll(async () => {
    await collector?.stop()
    await stored?.forget()
    rmSync(folder, { recursive: true, force: true })
  })

  const append = (chain: string, count: number) =>
    stored.store.transaction(async tx => {
      for (let nth = 0; nth < count; nth += 1)
        await audit.append(tx, { chain, kind: 'session.ended', by: { kind: 'system' } })
    })
  const newProcess = (store = stored.store) => createSyslog({ store, clock, settings })
  const received = (chain: string) => receivedIn(folder).filter(one => one.chain === chain)

  it('send nothing of what was before they were configured', async () => {
    await append('former', 3)
    expect(await newProcess().run()).toBe(0)
    await append('former', 1)
    expect(await newProcess().run()).toBe(1)
    await expect.poll(() => received('former').map(({ sequence }) => sequence)).toEqual([4])
  })

  it('send each event once where they run at once', async () => {
    await append('shared', 40)
    const processes = [newProcess(), newProcess(), newProcess()]
    await Promise.all(processes.map(({ run }) => run()))
    await expect.poll(() => received('shared').length).toBe(40)
    expect(new Set(received('shared').map(({ number }) => number)).size).toBe(40)
  })

  it('send an event again, with the same number, where one ended before it stored the position', async () => {
    await append('again', 2)
    let transactions = 0
    const ending: Store = {
      ...stored.store,
      transaction: work => {
        transactions += 1
        if (transactions > 1) throw new Error('the process ended')
        return stored.store.transaction(work)
      },
    }
    await expect(newProcess(ending).run()).rejects.toThrow('the process ended')
    await expect.poll(() => received('again').length).toBe(2)
    expect(await newProcess().run()).toBe(0)
    clock.forward(minutes(2))
    expect(await newProcess().run()).toBe(2)
    await expect.poll(() => received('again').length).toBe(4)
    const [first, second, third, fourth] = received('again').map(({ number, sequence }) => [number, sequence])
    expect([third, fourth]).toEqual([first, second])
  })

  it('send more events than one batch holds, whole', async () => {
    await append('long', 1200)
    const { run } = newProcess()
    let sent = 1
    while (sent > 0) sent = await run()
    await expect.poll(() => received('long').length, { timeout: 60_000 }).toBe(1200)
    expect(received('long').map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 1200 }, (_, index) => index + 1),
    )
  })
})
