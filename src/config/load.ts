import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { isLoopback, isSafeUrl } from '../http-client/safe-url.ts'
import { defaultLimits, type Limits } from '../limits/limits.ts'
import { readNamedText } from '../operator-file.ts'
import { availableProofs } from '../proofs/policy/policy.ts'
import { policyProblems } from '../proofs/policy/policy-problems.ts'
import { demonstrationServices, serviceProblems } from '../services/settings.ts'
import { languages } from '../texts/texts.ts'
import { inLanguage } from '../texts/translated.ts'
import { type Configuration, configuration } from './config.ts'
import type { Environment } from './environment.ts'
import { fileProblems, filesIn, folderProblems, type NamedFile } from './file-problems.ts'
import { type Overrides, readOverrides, withFolderFiles } from './overrides.ts'
import { readYaml, type YamlFile, type YamlResult } from './read-yaml.ts'
import { type ConfigProblem, problemsOf } from './setting-problems.ts'

export type LoadResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly file: string; readonly problems: readonly ConfigProblem[] }

/** The effective configuration: file, environment and defaults together. */
export type Settings = {
  readonly file: string | null
  readonly config: Configuration
  readonly limits: Limits
  readonly publicUrl: URL
  readonly data: string
  readonly databaseUrl: string | null
  readonly rootKeyFile: string | null
  /** The root key that is to replace it. */
  readonly newRootKeyFile: string | null
  /** True with the embedded directory of invented people: the pages say so. */
  readonly demonstration: boolean
  /** The institution's own words and look, and what is wrong with them. */
  readonly overrides: Overrides
  /** The paths of the settings in the file and the environment, for `sesame explain`. */
  readonly configuredPaths: ReadonlySet<string>
}

const pathsIn = (value: unknown, under = ''): string[] =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.entries(value).flatMap(([name, inner]) => pathsIn(inner, under ? `${under}.${name}` : name))
    : [under]

/** The distance of the two default ports, 3000 and 3900. */
const adminPortAfter = 900

/** Each process of one host gets its port by `PORT`, from one file of settings: its listener for the operator needs a port of its own too. */
const adminBeside = (admin: unknown, port: number) => {
  const isSection = admin !== null && typeof admin === 'object' && !Array.isArray(admin)
  const isOpen = admin === undefined || (isSection && !('port' in admin))
  const beside = port + adminPortAfter
  return isOpen && port > 0 && beside <= 65_535 ? { admin: { ...(isSection && admin), port: beside } } : {}
}

const withEnvironment = (value: Record<string, unknown>, env: Environment) => {
  const { listen = {} } = value
  // Anything but a section is left to the schema, which refuses it.
  if (listen === null || typeof listen !== 'object') return value
  const { admin } = listen as { admin?: unknown }
  const port =
    env.port === undefined ? {} : { port: Number(env.port), ...adminBeside(admin, Number(env.port)) }
  const publicUrl =
    env.port !== undefined && value.publicUrl === undefined
      ? { publicUrl: `http://localhost:${env.port}` }
      : {}
  return { ...value, ...publicUrl, listen: { ...listen, ...port } }
}

const isPort = (text: string) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535

const isBare = (url: URL) => url.search === '' && url.hash === '' && url.username === ''
const limitOf = ({ limits }: Configuration, name: keyof Limits) => limits[name] ?? defaultLimits[name]

/** A demonstration shows them in its mailbox. */
export const sendsMessages = ({ sms, mail }: Pick<Configuration, 'sms' | 'mail'>) =>
  sms.kind !== 'none' || mail.kind === 'demonstration'

type ConfigRule = readonly [broken: boolean, path: string, sentence: string]

/** The declared accessibility must match the rate of an audit (RGAA: all criteria, at least half, less). */
const conformityRules = ({ branding: { accessibility, audit } }: Configuration): readonly ConfigRule[] => {
  const rateRanges = { no: [0, 49.99], partially: [50, 99.99], fully: [100, 100] } as const
  const [least, most] = rateRanges[accessibility]
  return [
    [
      accessibility !== 'no' && !audit,
      'branding.audit',
      `is needed to declare \`${accessibility}\`: give its date, by whom it was made, and its rate.`,
    ],
    [
      audit !== undefined && (audit.rate < least || audit.rate > most),
      'branding.accessibility',
      'does not fit branding.audit.rate: `no` is under 50, `partially` under 100, `fully` is 100.',
    ],
  ]
}

/** Rules that involve several settings. */
const combinations = (config: Configuration, rootKeyFile: string | null): ConfigProblem[] => {
  const url = new URL(config.publicUrl)
  const hasRealDirectory = config.directory.kind !== 'embedded'
  const { charter, mail } = config
  const { version: _, ...charterFiles } = charter
  const sendsUnencrypted = mail.kind === 'smtp' && mail.tls === 'none' && !isLoopback(mail.host)
  const rules: readonly ConfigRule[] = [
    [
      !isSafeUrl(url),
      'publicUrl',
      'must start with https:// unless the host is the loopback: passwords are typed on these pages.',
    ],
    [!isBare(url), 'publicUrl', 'must be an address alone, for example https://sesame.univ.example.'],
    [
      hasRealDirectory && !rootKeyFile,
      'rootKeyFile',
      'is needed with a real directory. Make one: head -c 32 /dev/urandom > /etc/sesame/root.key && chmod 600 /etc/sesame/root.key',
    ],
    [
      hasRealDirectory && languages.some(language => !inLanguage(charterFiles, language)),
      'charter',
      `needs the text of the règlement intérieur in each language: ${languages.map(language => `charter.${language}`).join(' and ')} name files.`,
    ],
    [
      hasRealDirectory && config.branding.helpdesk.mail.endsWith('@clairval.example'),
      'branding.helpdesk',
      'still holds the demonstration’s contacts: people who are locked out would call nobody. Give phone, mail and hours.',
    ],
    ...conformityRules(config),
    [
      limitOf(config, 'postsPerSecondPerNetwork') > limitOf(config, 'postsPerSecond'),
      'limits.postsPerSecondPerNetwork',
      'is above limits.postsPerSecond: one network could fill the whole portal. Lower it, or raise the other.',
    ],
    [sendsUnencrypted, 'mail.tls', '`none` is accepted on the loopback only. Use `starttls` or `implicit`.'],
  ]
  return [
    ...rules.filter(([broken]) => broken).map(([, path, sentence]) => ({ path, sentence })),
    ...serviceProblems(config.services, config.directory.kind),
    ...policyProblems(config.recovery, availableProofs({ messages: sendsMessages(config) })),
  ]
}

/** The files of the settings. Those of the environment replace them. */
const namedFiles = (config: unknown, env: Environment): readonly NamedFile[] => {
  const ofEnvironment = [
    { path: 'SESAME_ROOT_KEY_FILE', replaces: 'rootKeyFile', file: env.rootKeyFile },
    { path: 'SESAME_NEW_ROOT_KEY_FILE', replaces: 'newRootKeyFile', file: env.newRootKeyFile },
    { path: 'DATABASE_URL_FILE', replaces: 'databaseUrlFile', file: env.databaseUrlFile },
    { path: 'DATABASE_URL', replaces: 'databaseUrlFile', file: env.databaseUrl && '' },
  ].filter(({ file }) => file !== undefined)
  const replaced = new Set(ofEnvironment.map(({ replaces }) => replaces))
  return [
    ...filesIn(config).filter(({ path }) => !replaced.has(path)),
    ...ofEnvironment.flatMap(({ path, file }) => (file ? [{ path, file }] : [])),
  ]
}

export const loadSettings = (env: Environment): LoadResult => {
  const file = env.configFile ?? (existsSync('sesame.yaml') ? 'sesame.yaml' : null)
  if (file && !existsSync(file))
    return { ok: false, file, problems: [{ path: '(file)', sentence: `${file} does not exist.` }] }
  const read: YamlResult = file ? readYaml(file) : { value: {}, lineOf: () => null }
  if ('sentence' in read)
    return { ok: false, file: file ?? '', problems: [{ path: '(file)', sentence: read.sentence }] }
  if (env.port !== undefined && !isPort(env.port))
    return {
      ok: false,
      file: 'the environment',
      problems: [{ path: 'PORT', sentence: 'must be the number of a port, from 0 to 65535.' }],
    }
  const value = withFolderFiles(withEnvironment(read.value, env))
  const parsed = configuration.safeParse(value, { reportInput: true })
  const rootKeyFile = env.rootKeyFile ?? parsed.data?.rootKeyFile ?? null
  const problems = parsed.success
    ? [
        ...fileProblems(namedFiles(parsed.data, env)),
        ...folderProblems('overrides', parsed.data.overrides),
        ...combinations(parsed.data, rootKeyFile),
      ]
    : [...parsed.error.issues.flatMap(problemsOf), ...fileProblems(namedFiles(value, env))]
  if (!parsed.success || problems.length > 0) return { ok: false, file: file ?? 'the environment', problems }
  const given: GivenSettings = { file, lineOf: read.lineOf, configuredPaths: new Set(pathsIn(value)) }
  return { ok: true, settings: settingsOf(given, parsed.data, env, rootKeyFile) }
}

type GivenSettings = Pick<Settings, 'file' | 'configuredPaths'> & Pick<YamlFile, 'lineOf'>

const settingsOf = (
  { file, lineOf, configuredPaths }: GivenSettings,
  given: Configuration,
  env: Environment,
  rootKeyFile: string | null,
): Settings => {
  const { branding, ...overrides } = readOverrides(given, { file, lineOf })
  const config = { ...given, branding }
  const urlFile = env.databaseUrlFile ?? config.databaseUrlFile
  const limits = Object.fromEntries(Object.entries(config.limits).filter(([, value]) => value !== undefined))
  const demonstration = config.directory.kind === 'embedded'
  const hasServices = [...configuredPaths].some(path => path.startsWith('services'))
  return {
    file,
    config: demonstration && !hasServices ? { ...config, services: demonstrationServices } : config,
    limits: { ...defaultLimits, ...limits },
    publicUrl: new URL(config.publicUrl),
    data: resolve(env.data),
    databaseUrl: env.databaseUrl ?? (urlFile ? readNamedText(urlFile).trim() : null),
    rootKeyFile,
    newRootKeyFile: env.newRootKeyFile ?? config.newRootKeyFile ?? null,
    demonstration,
    overrides,
    configuredPaths,
  }
}
