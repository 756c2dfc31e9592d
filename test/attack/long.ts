import { randomInt } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { StoreFlavour } from '../world/stores.ts'
import { createExplorer } from './explorer.ts'
import { createPolicyExplorer } from './policy-explorer.ts'
import { policyOf } from './policy-sequences.ts'
import { buildPortal } from './portals.ts'

/** Sequences of a batch. Each batch starts new processes on a new store; a killed run loses at most one batch. */
const batch = 300

/** Of so many batches the first runs under a policy that is drawn for it, with fewer sequences: each of them makes its people anew. */
const policyEvery = 4
const policyBatch = 60

/** The progress of a run on one store. Batch n is drawn from seed + n, so that a killed run can be resumed. */
type Progress = {
  seed: number
  batches: number
  policies: number
  sequences: number
  requests: number
  milliseconds: number
}

/** Set by `npm run attack`. Without it, as one of the long tests, the run is short and its progress is not kept. */
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

type Finding = { readonly requests: number; readonly finding: string }

/**
 * Records a vulnerability, so that the report of a run that was resumed after a repair names it: once, although a run that
 * is resumed without a repair finds it again.
 */
const saveFinding = (file: string, requests: number, finding: string) => {
  const findings: Finding[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
  if (findings.some(known => known.requests === requests && known.finding === finding)) return
  writeFileSync(file, JSON.stringify([...findings, { requests, finding }]))
}

/** The whole product under the default policy, or recovery of the password or the identifier under a policy of this seed. */
const exploreFor = (script: string, store: StoreFlavour, seed: number, isPolicy: boolean) => {
  if (!isPolicy) {
    const { explore, close } = createExplorer()
    return explore(script, store, { numRuns: batch, seed }).finally(close)
  }
  const { explore, close } = createPolicyExplorer()
  const journey = Math.abs(seed) % 8 < 4 ? 'password' : 'identifier'
  return explore(script, store, { policy: policyOf(seed), journey, numRuns: policyBatch, seed }).finally(
    close,
  )
}

const runBatch = async (script: string, store: StoreFlavour, progress: Progress): Promise<Progress> => {
  const startedAt = Date.now()
  const seed = (progress.seed + progress.batches) | 0
  const isPolicy = progress.batches % policyEvery === 0
  const result = await exploreFor(script, store, seed, isPolicy)
  if (result.failed) {
    const finding = String(result.errorInstance)
    const [summary = ''] = finding.split('\n')
    saveFinding(`${options.state}/${store}.findings.json`, progress.requests + result.requests, summary)
    throw new Error(`${store}, seed ${seed}: ${finding} ${JSON.stringify(result.counterexample)}`)
  }
  return {
    seed: progress.seed,
    batches: progress.batches + 1,
    policies: (progress.policies ?? 0) + (isPolicy ? 1 : 0),
    sequences: progress.sequences + result.sequences,
    requests: progress.requests + result.requests,
    milliseconds: progress.milliseconds + Date.now() - startedAt,
  }
}

/** Runs batches until the requested number of requests was sent. */
export const runLongAttack = async (store: StoreFlavour) => {
  const [file, target] = [`${options.state}/${store}.json`, options.requests]
  const fresh: Progress = {
    seed: options.seed,
    batches: 0,
    policies: 0,
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
