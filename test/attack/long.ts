import { randomInt } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { StoreFlavour } from '../world/stores.ts'
import { hunter } from './explorer.ts'
import { soundPortal } from './portals.ts'

/** Sequences of a batch: each batch begins with new processes on a new store, and a killed run loses one. */
const batch = 300

/** What a run has done so far on one store. Batch n is drawn from seed + n, so that a run goes on where it was killed. */
type Done = { seed: number; batches: number; sequences: number; requests: number; milliseconds: number }

/** Started by `npm run attack`, or with the other long tests: then a short one, of which nothing is kept. */
const asked = {
  state: process.env.ATTACK_STATE ?? mkdtempSync(join(tmpdir(), 'sesame-attack-')),
  requests: Number(process.env.ATTACK_REQUESTS ?? 20_000),
  seed: Number(process.env.ATTACK_SEED ?? randomInt(2 ** 31)),
}

const keep = (file: string, done: Done) => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(done))
  renameSync(`${file}.new`, file)
}

/** A run that found something, was mended and went on says so in its record. */
const keepFinding = (file: string, requests: number, finding: string) => {
  const findings = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
  writeFileSync(file, JSON.stringify([...findings, { requests, finding }]))
}

const oneBatch = async (script: string, store: StoreFlavour, done: Done): Promise<Done> => {
  const startedAt = Date.now()
  const { hunt, close } = hunter()
  const seed = (done.seed + done.batches) | 0
  const told = await hunt(script, store, { numRuns: batch, seed }).finally(close)
  if (told.failed) {
    const finding = String(told.errorInstance)
    keepFinding(
      `${asked.state}/${store}.findings.json`,
      done.requests + told.requests,
      finding.split('\n')[0] ?? '',
    )
    throw new Error(`${store}, seed ${seed}: ${finding} ${JSON.stringify(told.counterexample)}`)
  }
  return {
    ...{ seed: done.seed, batches: done.batches + 1, sequences: done.sequences + told.sequences },
    requests: done.requests + told.requests,
    milliseconds: done.milliseconds + Date.now() - startedAt,
  }
}

/** Sends as many requests to this store as are still to be sent. */
export const attackLong = async (store: StoreFlavour) => {
  const [file, target] = [`${asked.state}/${store}.json`, asked.requests]
  const fresh: Done = {
    ...{ seed: asked.seed, batches: 0, sequences: 0, requests: 0, milliseconds: 0 },
  }
  let done = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Done) : fresh
  const script = await soundPortal()
  while (done.requests < target) {
    done = await oneBatch(script, store, done)
    keep(file, done)
    const rate = Math.round((1000 * done.requests) / done.milliseconds)
    console.log(`${store}: ${done.requests} of ${target} requests, ${done.sequences} sequences, ${rate}/s`)
  }
}
