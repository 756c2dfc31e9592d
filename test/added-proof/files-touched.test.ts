import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../world/root.ts'
import { scratchFolder } from '../world/scratch.ts'
import { additions } from './additions.ts'

describe('adding a proof', () => {
  const folder = scratchFolder('sesame-added-proof-')
  beforeAll(() => {
    for (const name of ['src', 'test', 'tsconfig.json'])
      cpSync(join(root, name), join(folder, name), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    for (const { file, before, added } of additions) {
      const source = readFileSync(join(folder, file), 'utf8')
      expect(source, file).toContain(before)
      writeFileSync(
        join(folder, file),
        source.replace(before, () => `${added}${before}`),
      )
    }
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('touches one file besides its own folder, its texts and its table', () => {
    expect([...new Set(additions.map(({ file }) => file))].sort()).toEqual([
      'src/proofs/proof-list.ts',
      'src/store/schema.ts',
      'src/texts/en/factors.ts',
      'src/texts/fr/factors.ts',
    ])
  })

  it('compiles with these lines alone', { timeout: 600_000 }, () => {
    const include = ['src', 'test/added-proof', 'test/world']
    const config = { extends: './tsconfig.json', include, exclude: [] }
    writeFileSync(join(folder, 'tsconfig.added.json'), JSON.stringify(config))
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.added.json'], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(stdout).toBe('')
  })
})
