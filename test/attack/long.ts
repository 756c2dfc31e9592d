import { randomInt } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { StoreFlavour } from '../world/stores.ts'
import { createExplorer } from './explorer.ts'
import { buildPortal } from './portals.ts'

/** Sequences of a batch: each batch begins with new processes on a new store, and a killed run loses one. */
const batch = 300

/** What a run has done so far on one store. Batch n is drawn from seed + n, so that a run goes on where it was killed. */
type Progress = { seed: number; batches: number; sequences: number; requests: number; milliseconds: number }

/** Started by `npm run attack`, or with the other long tests: then a short one, of which nothing is kept. */
const options = {
  state: process.env.ATTACK_STATE ?? mkdtempSync(join(tmpdir(), 'sesame-attack-')),
  requests: Number(process.env.ATTACK_REQUESTS ?? 20_000),
  seed: Number(process.env.ATTACK_SEED ?? randomInt(2 ** 31)),
}

const saveProgress = (file: string, progress: Progress) => {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(progress))
  renameSync(`${file}.new`, file)
}

/** A run that found something, was mended and went on says so in its record. */
const saveFinding = (file: string, requests: number, finding: string) => {
  const findings = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
  writeFileSync(file, JSON.stringify([...findings, { requests, finding }]))
}

const runBatch = async (script: string, store: StoreFlavour, progress: Progress): Promise<Progress> => {
  const startedAt = Date.now()
  const { explore, close } = createExplorer()
  const seed = (progress.seed + progress.batches) | 0
  const result = await explore(script, store, { numRuns: batch, seed }).finally(close)
  if (result.failed) {
    const finding = String(result.errorInstance)
    const [summary = ''] = finding.split('\n')
    saveFinding(`${options.state}/${store}.findings.json`, progress.requests + result.requests, summary)
    throw new Error(`${store}, seed ${seed}: ${finding} ${JSON.stringify(result.counterexample)}`)
  }
  return {
    seed: progress.seed,
    batches: progress.batches + 1,
    sequences: progress.sequences + result.sequences,
    requests: progress.requests + result.requests,
    milliseconds: progress.milliseconds + Date.now() - startedAt,
  }
}

/** Sends as many requests to this store as are still to be sent. */
export const runLongAttack = async (store: StoreFlavour) => {
  const [file, target] = [`${options.state}/${store}.json`, options.requests]
  const fresh: Progress = {
    seed: options.seed,
    batches: 0,
    sequences: 0,
    requests: 0,
    milliseconds: 0,
  }
  let progress = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Progress) : fresh
  const script = await buildPortal()
  while (progress.requests < target) {
    progress = await runBatch(script, store, progress)
    saveProgress(file, progress)
    const rate = Math.round((1000 * progress.requests) / progress.milliseconds)
    console.log(
      `${store}: ${progress.requests} of ${target} requests, ${progress.sequences} sequences, ${rate}/s`,
    )
  }
}
