import type { Command } from 'commander'
import { seconds } from '../clock.ts'
import { createHttpClient, type Reply } from '../http-client/http-client.ts'
import { print } from './command-context.ts'
import {
  type FigureName,
  figureIn,
  figureNames,
  figureOf,
  type GivenThresholds,
  readThresholds,
  type Thresholds,
  thresholdsOf,
} from './probe-figures.ts'

/** The exit statuses of a plugin of Nagios, which Centreon and Icinga read too. */
const statuses = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const
type Status = 0 | 1 | 2 | 3

export type ProbeResult = { readonly status: Status; readonly line: string }

/** What the operator's listener answered at `/readyz` and at `/metrics`. */
export type ProbeAnswers = { readonly readyz: string; readonly metrics: string }

type ProbeThresholds = { readonly warning: GivenThresholds; readonly critical: GivenThresholds }
type Measured = { readonly name: FigureName; readonly value: number; readonly thresholds: Thresholds }
type Trouble = { readonly status: 1 | 2; readonly sentence: string }

const resultOf = (status: Status, sentence: string, figures = ''): ProbeResult => ({
  status,
  // The reader ends the sentence at a bar, and the result at the end of the line.
  line: `SESAME ${statuses[status]}: ${sentence.replace(/[|\r\n]+/g, ' ')}${figures && ` | ${figures}`}`,
})

const unknown = (sentence: string) => resultOf(3, sentence)

type Parts = Readonly<Record<string, boolean>>

/** The state of the parts in the answer; `null`: it is not that of a portal. */
const partsIn = (readyz: string): { readonly parts: Parts; readonly isChecked: boolean } | null => {
  try {
    const { parts, age } = JSON.parse(readyz)
    return parts !== null && typeof parts === 'object' ? { parts, isChecked: age !== null } : null
  } catch {
    return null
  }
}

const partTroubles = (parts: Parts): Trouble[] =>
  Object.entries(parts)
    .filter(([, isUp]) => !isUp)
    .map(([part]) => ({ status: 2, sentence: `${part} cannot be used` }))

const figureTroubles = ({ name, value, thresholds }: Measured): Trouble[] => {
  const { unit } = figureOf(name)
  const { warning = Number.POSITIVE_INFINITY, critical = Number.POSITIVE_INFINITY } = thresholds
  const says = (limit: number) => `${name} is ${value}${unit}, above ${limit}${unit}`
  if (value > critical) return [{ status: 2, sentence: says(critical) }]
  return value > warning ? [{ status: 1, sentence: says(warning) }] : []
}

const measuredIn = (metrics: string, thresholds: ProbeThresholds): Measured[] =>
  figureNames.flatMap(name => {
    const value = figureIn(metrics, figureOf(name))
    return value === null ? [] : [{ name, value, thresholds: thresholdsOf(name, thresholds) }]
  })

/** `label=value[unit];warning;critical;least`, as the reader of plugins draws it. */
const performanceOf = ({ name, value, thresholds: { warning, critical } }: Measured) =>
  `${name}=${value}${figureOf(name).unit};${warning ?? ''};${critical ?? ''};0`

/** One line and the exit status, from what the portal answered. */
export const judgeProbe = ({ readyz, metrics }: ProbeAnswers, thresholds: ProbeThresholds): ProbeResult => {
  const health = partsIn(readyz)
  const measured = measuredIn(metrics, thresholds)
  if (!health || measured.length === 0)
    return unknown("what answers is not the operator's listener of a portal")
  const figures = measured.map(performanceOf).join(' ')
  if (!health.isChecked) return resultOf(1, 'it has just started, and has not checked its parts', figures)
  const troubles = [...partTroubles(health.parts), ...measured.flatMap(figureTroubles)]
  if (troubles.length === 0)
    return resultOf(0, `${Object.keys(health.parts).join(', ')} can be used`, figures)
  const ordered = troubles.toSorted((a, b) => b.status - a.status)
  const worst = ordered[0]?.status ?? 2
  return resultOf(worst, ordered.map(({ sentence }) => sentence).join('; '), figures)
}

type Options = {
  readonly url: string
  readonly warning: string
  readonly critical: string
  readonly timeout: string
}

/** The thresholds as they were given, or the sentence that refuses them. */
const thresholdsIn = ({ warning, critical }: Options): ProbeThresholds | string => {
  const low = readThresholds(warning)
  const high = readThresholds(critical)
  if ('refused' in low) return low.refused
  if ('refused' in high) return high.refused
  const both = { warning: low.given, critical: high.given }
  const inverted = figureNames.find(name => {
    const { warning: first = 0, critical: second = Number.POSITIVE_INFINITY } = thresholdsOf(name, both)
    return first > second
  })
  return inverted ? `the warning of ${inverted} is above what is critical: give both` : both
}

/** Asks the operator's listener. That it does not answer is critical: so is a portal that is down. */
const probePortal = async (options: Options): Promise<ProbeResult> => {
  const thresholds = thresholdsIn(options)
  if (typeof thresholds === 'string') return unknown(thresholds)
  const { url } = options
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return unknown(`--url ${url} is no address: write it as http://127.0.0.1:3900`)
  const timeout = Number(options.timeout)
  if (!(timeout > 0 && timeout <= 600)) return unknown('--timeout takes seconds, from 1 to 600')
  const request = createHttpClient(undefined)
  const signal = AbortSignal.timeout(seconds(timeout))
  let answers: readonly Reply[]
  try {
    answers = await Promise.all(['/readyz', '/metrics'].map(path => request(new URL(path, url), { signal })))
  } catch {
    const late = signal.aborted ? ` within ${timeout} s` : ''
    return resultOf(2, `the portal does not answer at ${url}${late}`)
  }
  const [readyz, metrics] = answers
  return judgeProbe({ readyz: readyz?.body ?? '', metrics: metrics?.body ?? '' }, thresholds)
}

const end = ({ status, line }: ProbeResult) => {
  print(line)
  process.exitCode = status
}

/** The reader of plugins shows the first line of the standard output, and takes any other exit status for an unknown state. */
export const addProbe = (program: Command) =>
  program
    .command('probe')
    .description('state and figures of a running portal in one line, for Nagios, Centreon and Icinga')
    .option('--url <address>', 'the operator’s listener (listen.admin)', 'http://127.0.0.1:3900')
    .option('--warning <figure=number,…>', 'above which number a figure is a warning; off: never', '')
    .option('--critical <figure=number,…>', 'above which number a figure is critical; off: never', '')
    .option('--timeout <seconds>', 'how long to wait for the portal', '10')
    .configureOutput({ writeErr: () => {} })
    .exitOverride(({ exitCode, message }) => {
      if (exitCode !== 0) print(unknown(message).line)
      process.exit(exitCode === 0 ? 0 : 3)
    })
    .action(async options => end(await probePortal(options)))
