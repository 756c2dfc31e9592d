import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openLeaked } from '../src/password/leaked/leaked.ts'
import { referencePages } from '../src/reference.ts'
import { root } from './world/root.ts'
import { startCommand } from './world/start-command.ts'

const leaked = openLeaked({
  shipped: join(root, 'dist/leaked-shipped.filter'),
  operator: undefined,
  institutionWords: [],
})

it.each(Object.entries(referencePages(leaked.facts)))(
  'docs/reference/%s is what the code says (npm run reference)',
  (name, text) => {
    expect(readFileSync(join(root, 'docs/reference', name), 'utf8')).toBe(text)
  },
)

it('the systemd unit starts the portal by the words of npm start', () => {
  const unit = readFileSync(join(root, 'docs/operate/sesame.service'), 'utf8')
  expect(unit).toContain(`/node ${startCommand().join(' ')}\n`)
})
