import { countChains, rekeyAudit } from '../audit/rekey.ts'
import { systemClock } from '../clock.ts'
import { openKeyedStore } from '../foundations.ts'
import { migrationsFolder } from '../portal.ts'
import { proofKeys } from '../proofs/proof-registry.ts'
import { rekeyings } from '../rekeyings.ts'
import type { TableProgress } from '../root-keys/rekey-table.ts'
import { type RotationReport, rotateRootKey } from '../root-keys/rotation.ts'
import { fail, print, withSettings } from './command-context.ts'

const progressInterval = 2000

/** Each table when it is done, and every two seconds until then. */
const createProgress = () => {
  let lastPrint = performance.now()
  return (what: string, done: number, of: number) => {
    if (done < of && performance.now() - lastPrint < progressInterval) return
    lastPrint = performance.now()
    // What is added while the command reads was not counted before.
    print(`${what}: ${done} of ${Math.max(done, of)}`)
  }
}

const reportTo = (progress: ReturnType<typeof createProgress>): RotationReport => ({
  onSwitch: (from, to) =>
    print(
      `From now on the portal writes under the root key ${to}…. What lies under ${from}… is sealed anew; if this command is stopped, repeat it.`,
    ),
  onResume: id => print(`The rotation to the root key ${id}… is taken up again.`),
  onProgress: ({ table, rows, of }) => progress(table, rows, of),
  onWait: milliseconds =>
    print(
      `Waiting ${Math.ceil(milliseconds / 1000)} seconds, until no process of the portal writes under the former key; then every table is read once more.`,
    ),
})

const finish = (round: readonly TableProgress[], id: string) => {
  for (const { table, unreadable } of round)
    if (unreadable > 0)
      fail(
        `${table}: ${unreadable} row(s) open under neither key. They were lost before, and stay as they are.`,
      )
  print(
    `Nothing is left under the former root key. Now name the file of the new one (${id}…) in rootKeyFile on each host, remove newRootKeyFile and restart the portal. Keep the former key apart as long as you keep backups that were made under it: docs/operate/upgrade.md.`,
  )
}

/** Replaces the root key while the portal runs. Repeated, it goes on where it was stopped. */
export const rotateKey = () =>
  withSettings(async settings => {
    const clock = systemClock
    const { store, ring } = await openKeyedStore(settings, { clock, migrations: migrationsFolder() })
    const progress = createProgress()
    const { keys } = ring
    const rekeyLog = async () => {
      const chains = await countChains(store.read)
      const fault = await rekeyAudit({ store, keys, clock }, done => progress('audit chains', done, chains))
      if (fault) fail(`The log of what was done is not intact: ${fault}`)
    }
    try {
      const report = reportTo(progress)
      const deps = { store, ring, clock, rekeyings, proofUses: proofKeys, rekeyAudit: rekeyLog, report }
      finish(await rotateRootKey(deps), keys.id)
    } finally {
      await store.close()
    }
  })
