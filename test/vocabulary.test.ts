import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bannedIn, codeOf, declaredNames, isBanned } from './vocabulary.ts'
import { root } from './world/root.ts'

describe('the vocabulary', () => {
  it.each(['openHouse', 'bind-standing', 'Rig', 'SmsParts', 'half_told', '--lamp', 'passwordDoor'])(
    'recognises « %s » as a private word',
    name => expect(isBanned(name)).toBe(true),
  )

  it.each(['createApplication', 'heartbeat', 'satellite', 'understandable', 'counterparts', 'stepTitles'])(
    'accepts « %s » as a usual word',
    name => expect(isBanned(name)).toBe(false),
  )

  it('has no private word in names of code, files, settings, columns and the theme', () => {
    expect(bannedIn(root)).toEqual([])
  })

  it('has a name in the code for each term of the glossary', () => {
    const rows = readFileSync(join(root, 'docs', 'glossary.md'), 'utf8')
      .split('\n')
      .filter(line => line.startsWith('| '))
    const terms = rows.flatMap(row =>
      [...(row.split('|')[2] ?? '').matchAll(/`(\w+)`/g)].map(([, term = '']) => term),
    )
    expect(terms.length).toBeGreaterThan(30)
    const source = codeOf(root).filter(({ path }) => path.startsWith('src/'))
    const names = new Set(source.flatMap(declaredNames).map(name => name.toLowerCase()))
    const isThere = (term: string) => ['', 's'].some(plural => names.has(`${term}${plural}`.toLowerCase()))
    expect(terms.filter(term => !isThere(term))).toEqual([])
  })
})
