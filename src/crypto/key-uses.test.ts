import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../test/world/root.ts'
import { proofKeys } from '../proofs/proof-registry.ts'
import { namedUses, ruleOf } from './key-uses.ts'

const src = join(root, 'src')
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter(file => /\.tsx?$/.test(file) && !file.endsWith('.test.ts') && file !== 'crypto/key-uses.ts')
  .map(file => readFileSync(join(src, file), 'utf8'))
  .join('\n')

/** Every place where a key is derived: `keys.of('…')`, `keys.by(id, '…')`, `unsealUnder(keys, '…', …)` and the like. */
const derivations =
  /(?:\.(?:of|all|live)\(|\.by\([^)']*, |(?:unsealUnder|isSealedAnew|sealedAnew|pepperKey|hashedAgain|rehashed|underPresentKey)\(\s*[\w.]+,\s*)'([\w-]+)'/g

it('every use for which a key is derived has a rule for a new root key, and every rule is of a use', () => {
  const derived = new Set([...sources.matchAll(derivations)].map(([, use]) => use))
  expect([...derived].sort()).toEqual([...namedUses].sort())
})

it('a proof declares its keys; one of its own is carried over by name', () => {
  for (const use of proofKeys)
    expect(namedUses.some(named => named === use) || use.startsWith('proof-'), use).toBe(true)
  expect(ruleOf('proof-added-later')).toBe('carried')
})
