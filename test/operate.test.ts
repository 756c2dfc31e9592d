import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { configuration } from '../src/config/config.ts'
import { frenchCallingCodes } from '../src/notify/sms.ts'
import { problemKinds } from './world/problem-kinds.ts'
import { root } from './world/root.ts'

const operate = join(root, 'docs/operate')
const read = (file: string) => readFileSync(join(operate, file), 'utf8')

describe('what operators read', () => {
  it('has a page for each fault that a person may meet, with its status, and for no other', () => {
    const pages = readdirSync(join(operate, 'incidents')).sort()
    expect(pages).toEqual(problemKinds.map(({ name }) => `${name}.md`).sort())
    for (const { name: kind, status } of problemKinds) {
      expect(read(`incidents/${kind}.md`)).toContain(`# \`${kind}\`: ${status},`)
      expect(read('incidents.md')).toContain(`(incidents/${kind}.md) | ${status} |`)
    }
  })

  it('shows settings of the sign-in that the configuration takes as they are written', () => {
    const blocks = [...read('sign-in.md').matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = '']) => parse(yaml))
    const kinds = blocks.map(block => configuration.parse(block).signIn.server.kind)
    expect(kinds).toEqual(['cas', 'oidc'])
  })

  it('shows settings of the text messages that the configuration takes, with the countries of the default', () => {
    const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(read('text-messages.md')) ?? []
    const { sms } = configuration.parse(parse(yaml))
    expect(sms.kind === 'http' && [...sms.countries].sort()).toEqual([...frenchCallingCodes].sort())
  })

  it('runs each command of Sésame as the user of the service: root would leave files that the portal cannot read', () => {
    const blocks = readdirSync(operate, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.md'))
      .flatMap(page => [...read(page).matchAll(/```sh\n(.*?)```/gs)].map(([, text = '']) => text))
    const lines = blocks
      .flatMap(block => block.split('\n'))
      .filter(line => /(^|[|&;] *|sudo (-u \w+ )?)(sesame|npm|git) /.test(line))
    expect(lines.length).toBeGreaterThanOrEqual(8)
    expect(lines.filter(line => !/sudo -u sesame (sesame|npm|git) /.test(line))).toEqual([])
  })

  it('has a unit for each port that is the unit of the only one, with its port', () => {
    const lines = (file: string) => read(file).split('\n')
    const ofOne = lines('sesame.service')
    const added = lines('sesame@.service').filter(line => !ofOne.includes(line))
    expect(added).toEqual([
      expect.stringMatching(/^# .*one unit for each port/),
      expect.stringMatching(/^Description=.* on port %i$/),
      'Environment=PORT=%i',
    ])
    expect(lines('sesame@.service')).toHaveLength(ofOne.length + 1)
  })

  it('leads nowhere that does not exist', () => {
    const pages = readdirSync(operate, { recursive: true, encoding: 'utf8' }).filter(name =>
      name.endsWith('.md'),
    )
    const dead = pages.flatMap(page =>
      [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map(([, target = '']) => join(operate, dirname(page), target))
        .filter(target => {
          try {
            return readFileSync(target).length === 0
          } catch {
            return true
          }
        }),
    )
    expect(dead).toEqual([])
  })
})
