// The packages that the bundle loads at run time, with all that they need: everything else is in the bundle itself.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'

const nameOf = specifier => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')

/** What the bundle imports by name. The bundler writes these imports itself, each on a line of its own or in one call. */
const importedBy = dist =>
  readdirSync(dist)
    .filter(file => file.endsWith('.js') && !file.startsWith('build-leaked'))
    .flatMap(file => [
      ...readFileSync(join(dist, file), 'utf8').matchAll(
        /^(?:import|export)\b[^"'\n]*?(?:from )?"([^"\n]+)"|\bimport\("([^"\n]+)"/gm,
      ),
    ])
    .map(([, one, other]) => one ?? other)
    .filter(name => !/^[./]|^node:/.test(name) && !builtinModules.includes(name))
    .map(nameOf)

/** The folders of these packages and of what they depend on, under `node_modules`, as the lock file has them. */
export const runtimePackages = (root, dist) => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  // Packages of other machines are in the lock file, and are not installed.
  const isInstalled = name => existsSync(join(root, 'node_modules', name))
  const found = new Set()
  const add = name => {
    const entry = packages[`node_modules/${name}`]
    if (!entry || found.has(name) || !isInstalled(name)) return
    found.add(name)
    for (const one of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) add(one)
  }
  for (const name of importedBy(dist)) add(name)
  return [...found].sort()
}
