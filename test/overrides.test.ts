import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { languages } from '../src/texts/texts.ts'
import { runSesame } from './world/run-sesame.ts'
import { scratchFolder } from './world/scratch.ts'

const folder = scratchFolder('sesame-overrides-')
const overrides = join(folder, 'overrides')
const config = join(folder, 'sesame.yaml')
mkdirSync(overrides)
writeFileSync(config, JSON.stringify({ overrides }), { mode: 0o600 })
afterAll(() => rmSync(folder, { recursive: true }))

const sesame = (...args: string[]) =>
  runSesame(args, {
    env: { PATH: process.env.PATH ?? '', SESAME_CONFIG: config, SESAME_DATA: join(folder, 'data') },
  })

describe('sesame texts', () => {
  it('prints every sentence as a line that a file of overrides may have', async () => {
    for (const language of languages) {
      const { status, said } = await sesame('texts', language)
      expect(status).toBe(0)
      expect(Object.keys(parse(said)).length).toBeGreaterThan(1000)
      writeFileSync(join(overrides, `texts.${language}.yaml`), said)
    }
    const { said, failed } = await sesame('check')
    expect(`${said}${failed}`.split('\n').filter(line => line.includes('overrides'))).toEqual([
      expect.stringMatching(
        /^good {4}overrides: Your own sentences in use: (\d+) in Français, \1 in English\.$/,
      ),
    ])
  })

  it('finds those that contain some words, whatever their accents and capitals', async () => {
    const { said } = await sesame('texts', 'fr', '--with', 'MOT DE PASSE OUBLIE')
    const lines = said.trim().split('\n')
    expect(lines).toContain('home.forgotten: "Mot de passe oublié"')
    expect(lines.length).toBeLessThan(30)
  })

  it.each([
    [['texts', 'de'], 'de is no language of the product: fr, en.\n'],
    [['texts', 'fr', '--with', 'éléphant'], 'No sentence contains « éléphant ».\n'],
  ])('%j fails in a sentence', async (args, failed) => {
    expect(await sesame(...args)).toEqual({ status: 1, said: '', failed })
  })
})

it('sesame check fails where an own sentence is broken, and explain names the folder', async () => {
  writeFileSync(join(overrides, 'texts.fr.yaml'), '# ours\nhome.lead: "Bonjour {name}"\n')
  writeFileSync(join(overrides, 'texts.en.yaml'), '')
  const { status, failed } = await sesame('check')
  expect(status).toBe(1)
  expect(failed.split('\n')).toContain(
    `wrong   overrides ${overrides}/texts.fr.yaml:2: \`home.lead\` has {name}, which nothing fills in: the product’s sentence has no placeholder. The product’s sentence is used.`,
  )
  expect((await sesame('explain')).said).toContain(`overrides = "${overrides}"  (given)`)
})
