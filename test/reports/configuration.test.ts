import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readEnvironment } from '../../src/config/environment.ts'
import { loadSettings } from '../../src/config/load.ts'
import { scratchFolder } from '../world/scratch.ts'

const file = join(scratchFolder('sesame-yaml-'), 'sesame.yaml')
const problems = (yaml: string | null, env: Readonly<Record<string, string>> = {}) => {
  if (yaml !== null) writeFileSync(file, yaml)
  const loaded = loadSettings(readEnvironment({ ...(yaml !== null && { SESAME_CONFIG: file }), ...env }))
  return loaded.ok ? [] : loaded.problems.map(({ path, sentence }) => `${path} ${sentence}`)
}

/** Public reports of values that YAML takes for something else, and of settings that a program refuses in its own words. */
describe('reports of configurations: each mistake is one sentence that says what to write', () => {
  it.each([
    [
      'a telephone without quotes loses its first zero (nelmio/alice#286, yaml/pyyaml#107)',
      'branding: { helpdesk: { phone: 0327511234, mail: a@b.fr } }',
      'branding.helpdesk.phone must be a text: write it between quotes',
    ],
    [
      'a prefix of digits (wireviz/WireViz#213)',
      'charter: { version: 2026 }',
      'charter.version must be a text: write it between quotes',
    ],
    [
      'a number between quotes',
      'limits: { jokerTries: "3" }',
      'limits.jokerTries must be a number: write it without quotes.',
    ],
    ['a section that was left empty', 'branding:', 'branding is empty: give its value, or take it out.'],
    ['one value in place of a list', 'trustedProxies: 10.0.0.0/8', 'trustedProxies must be a list'],
    [
      'a kind that is misspelt',
      'mail: { kind: smpt, host: a.example }',
      'mail.kind must be demonstration or smtp. Did you mean `smtp`?',
    ],
    [
      'a kind that is missing',
      'mail: { host: a.example, from: a@b.c }',
      'mail.kind is missing: it is demonstration or smtp.',
    ],
    [
      'a choice that is misspelt',
      'mail: { kind: smtp, host: a.example, from: a@b.c, tls: startls }',
      'Did you mean `starttls`?',
    ],
    [
      'a setting of a section that may also be off',
      'listen: { admin: { prot: 3900 } }',
      'listen.admin `prot` is not a setting here. Did you mean `port`?',
    ],
    [
      'an address without its scheme',
      'signIn: { server: { kind: cas, url: sso.univ.example/cas } }',
      'signIn.server.url must be an address that begins with https://',
    ],
    [
      'an address of the portal without its scheme',
      'publicUrl: sesame.univ.example',
      'publicUrl must be an address that begins with https://',
    ],
    ['two documents in one file', 'publicUrl: https://a.example\n---\nlimits: {}', 'holds several documents'],
    ['a sign of YAML in a value', 'mail: { kind: smtp, host: a.example, from: @b.c }', 'needs quotes'],
  ])('%s', (_, yaml, sentence) => {
    const found = problems(yaml)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(sentence)
  })

  it.each(['abc', '99999', '-1', '3000.5', ' '])('PORT=« %s » is one mistake, of the environment', PORT => {
    expect(problems(null, { PORT })).toEqual(['PORT must be the number of a port, from 0 to 65535.'])
  })
})
