import { statSync } from 'node:fs'
import { join } from 'node:path'
import { report } from '../directory/check-lines.ts'
import type { Finding } from '../directory/directory.ts'
import type { Settings } from './load.ts'

/** Settings that name a file of a secret: `passwordFile`, `clientSecretFile`, `tokenFile`, `rootKeyFile`, `databaseUrlFile`. */
const isSecretFile = (name: string) => /(password|secret|token|rootKey|databaseUrl)File$/i.test(name)

const secretFilesIn = (value: unknown): string[] =>
  value !== null && typeof value === 'object'
    ? Object.entries(value).flatMap(([name, inner]) =>
        typeof inner === 'string' && isSecretFile(name) ? [inner] : secretFilesIn(inner),
      )
    : []

const statOf = (file: string) => statSync(file, { throwIfNoEntry: false })

/** Secrets that every account of this machine can read or change. */
export const checkSecretFiles = ({
  config,
  data,
  databaseUrl,
  rootKeyFile,
  newRootKeyFile,
}: Pick<Settings, 'config' | 'data' | 'databaseUrl' | 'rootKeyFile' | 'newRootKeyFile'>): Finding[] => {
  const files = [
    ...secretFilesIn(config),
    rootKeyFile ?? join(data, 'root.key'),
    ...(newRootKeyFile ? [newRootKeyFile] : []),
    data,
    ...(databaseUrl ? [] : [join(data, 'sesame.sqlite')]),
  ]
  return [...new Set(files)]
    .filter(file => ((statOf(file)?.mode ?? 0) & 0o007) !== 0)
    .map(file =>
      report('secret-file', {
        subject: file,
        means: 'Every account of this machine can read it, and act as the portal.',
        values: { file },
      }),
    )
}

/**
 * The finding when another user than the owner of the data folder runs the check: what this user may read and write says nothing
 * about the portal, and a file that root makes there stops it. `null`: it may run.
 */
export const checkOwner = (data: string, uid: number | undefined): Finding | null => {
  const owner = statOf(data)?.uid
  if (uid === undefined || owner === undefined || owner === uid) return null
  return report('owner', {
    means: `${data} belongs to the user ${owner}, and this command runs as ${uid}: what it may read is not what the portal may read, so nothing else was tried.`,
    values: { uid: String(owner) },
  })
}
