// The licences of what a release contains: the bundle has no comments, so their texts are in a file of their own.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Needed to build, and not in the release. */
const isLeftOut = name => name === 'esbuild' || /^(?:@esbuild\/|node-bin-|node-linux-)/.test(name)

const isLicence = file => /^(?:licen[cs]e|notice|copying)/i.test(file)

const textsIn = folder =>
  readdirSync(folder)
    .filter(isLicence)
    .sort()
    .map(file => readFileSync(join(folder, file), 'utf8').trim())

/** Each package in the release, with its version, what it says of its licence, and the texts that it brings. */
export const licences = root => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const parts = Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .map(([path, { version }]) => ({ path, version, name: path.split('node_modules/').at(-1) }))
    .filter(({ path, name }) => !isLeftOut(name) && existsSync(join(root, path)))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, name, version }) => {
      const { license = 'see its files' } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'))
      return [`${name} ${version}`, `Licence: ${license}`, ...textsIn(join(root, path))].join('\n\n')
    })
  const font = readFileSync(join(root, 'src/ui/fonts/LICENSE'), 'utf8').trim()
  return `${['The packages that this release contains, and their licences.', ...parts, `Literata\n\n${font}`].join(`\n\n${'='.repeat(78)}\n\n`)}\n`
}
