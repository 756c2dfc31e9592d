import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkLines } from '../src/directory/check-lines.ts'
import { root } from './world/root.ts'

describe('the lines of sesame check', () => {
  const tests = globSync(['src/**/check*.test.ts', 'test/check.test.ts'], { cwd: root })
    .map(file => readFileSync(join(root, file), 'utf8'))
    .join('\n')

  it.each(Object.keys(checkLines))('« %s » has a test that names it', name => {
    expect(tests).toMatch(new RegExp(`['\`]${name}['\` ]`))
  })
})
