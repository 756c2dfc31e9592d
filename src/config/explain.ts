import { availableProofs } from '../proofs/policy/policy.ts'
import { policyLines } from '../proofs/policy/shortfalls.ts'
import { type Settings, sendsMessages } from './load.ts'

const lineOf = (path: string, value: unknown, configuredPaths: ReadonlySet<string>) =>
  `${path} = ${JSON.stringify(value)}  (${[...configuredPaths].some(name => name === path || path.startsWith(`${name}.`)) ? 'given' : 'default'})`

const isPlain = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

const linesOf = (
  value: Record<string, unknown>,
  configuredPaths: ReadonlySet<string>,
  under = '',
): string[] =>
  Object.entries(value).flatMap(([name, inner]) => {
    const path = under ? `${under}.${name}` : name
    if (inner === undefined) return []
    return isPlain(inner) ? linesOf(inner, configuredPaths, path) : [lineOf(path, inner, configuredPaths)]
  })

/** Lists every effective setting and where it comes from. Secrets are files: their names are shown, never their content. */
export const explain = (settings: Settings) => {
  const { config, limits, file, data, databaseUrl, rootKeyFile, newRootKeyFile, configuredPaths } = settings
  const { limits: _, ...rest } = config
  const heading = [
    `file = ${file ?? 'none: a demonstration'}`,
    `data folder = ${data}`,
    `store = ${databaseUrl ? `PostgreSQL at ${new URL(databaseUrl).host}` : 'SQLite in the data folder'}`,
    `root key = ${rootKeyFile ?? 'made for the demonstration, in the data folder'}`,
    ...(newRootKeyFile ? [`new root key = ${newRootKeyFile}`] : []),
  ]
  const available = availableProofs({ messages: sendsMessages(config) })
  return [
    ...heading,
    ...policyLines(config.recovery, available),
    ...linesOf(rest, configuredPaths),
    ...linesOf({ limits }, configuredPaths),
  ].join('\n')
}
