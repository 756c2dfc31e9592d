import { X509Certificate } from 'node:crypto'
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { readOperatorText } from '../operator-file.ts'

/** The setting that names a file, or the variable of the environment that does. */
export type NamedFile = { readonly path: string; readonly file: string }

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object'

/** Every setting that names a file that the portal reads. */
const namesFile = (path: string) => /File$|^charter\.[a-z]{2,3}$|^leakedFilter$/.test(path)

export const filesIn = (value: unknown, under = ''): readonly NamedFile[] =>
  isRecord(value)
    ? Object.entries(value).flatMap(([name, inner]) => filesIn(inner, under ? `${under}.${name}` : name))
    : typeof value === 'string' && namesFile(under)
      ? [{ path: under, file: value }]
      : []

const mistakes: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: file => `names ${file}, which does not exist.`,
  ENOTDIR: file => `names ${file}, which does not exist.`,
  EACCES: file =>
    `names ${file}, which the user ${userInfo().username} cannot read: give it the group of the service (chgrp), then chmod 640, and let that group enter its folder.`,
}

/** Node ignores a caFile of another form without a word, and then trusts nobody. */
const isCertificate = (file: string) => {
  const bytes = readFileSync(file)
  if (!bytes.includes('-----BEGIN')) return false
  try {
    return new X509Certificate(bytes).subject !== undefined
  } catch {
    return false
  }
}

/** Certificates, keys, pictures and filters. Everything else is text. */
const holdsBytes = (path: string) =>
  /(?:caFile|[rR]ootKeyFile|[lL]ogoFile|leakedFilter|SESAME_(?:NEW_)?ROOT_KEY_FILE)$/.test(path)

/** A pipe can be read once only, by whom the settings name it for. */
const textFaultOf = (path: string, file: string): string | null => {
  if (holdsBytes(path) || !statSync(file).isFile()) return null
  const read = readOperatorText(file)
  return read.ok ? null : `names ${file}: ${read.reason}.`
}

/** Why the file that a setting names cannot be used; `null`: it can. */
export const fileFaultOf = (path: string, file: string): string | null => {
  try {
    accessSync(file, constants.R_OK)
    if (statSync(file).isDirectory()) return `names ${file}, which is a folder.`
    if (statSync(file).isFile() && statSync(file).size === 0) return `names ${file}, which is empty.`
  } catch (fault) {
    const { code = 'unknown fault' } = fault as NodeJS.ErrnoException
    return mistakes[code]?.(file) ?? `names ${file}, which cannot be read (${code}).`
  }
  return path.endsWith('caFile') && !isCertificate(file)
    ? `names ${file}, which is not a PEM file: it starts with -----BEGIN CERTIFICATE-----. From DER: openssl x509 -inform der -in FILE -out FILE.pem`
    : textFaultOf(path, file)
}

/** The folder of a setting, where it cannot be listed. */
export const folderProblems = (path: string, folder: string | undefined) => {
  if (folder === undefined) return []
  try {
    readdirSync(folder)
    return []
  } catch (fault) {
    const { code = 'unknown fault' } = fault as NodeJS.ErrnoException
    const sentence =
      code === 'ENOTDIR' && existsSync(folder)
        ? `names ${folder}, which is a file: name its folder.`
        : (mistakes[code]?.(folder) ?? `names ${folder}, which cannot be read (${code}).`)
    return [{ path, sentence }]
  }
}

/** Files that are missing, unreadable or of another kind, each with the setting that names it. */
export const fileProblems = (files: readonly NamedFile[]) =>
  files.flatMap(({ path, file }) => {
    const sentence = fileFaultOf(path, file)
    return sentence === null ? [] : [{ path, sentence }]
  })
