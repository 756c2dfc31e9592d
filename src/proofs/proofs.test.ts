import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../test/world/root.ts'
import { noticeKinds } from '../notify/notify.ts'
import { keptProofs, proofs, secondFactors } from './proof-registry.ts'

describe('the list of the proofs', () => {
  it('has a case of the contract for each of them, in its folder', () => {
    const cases = globSync('*/contract.test.ts', { cwd: join(root, 'src', 'proofs') })
      .map(file => readFileSync(join(root, 'src', 'proofs', file), 'utf8'))
      .join('\n')
    expect(proofs.map(({ name }) => name).filter(name => !cases.includes(`name: '${name}'`))).toEqual([])
  })

  it('gives each proof a name of its own in rows, in the journal and for the helpdesk', () => {
    const kinds = proofs.map(({ kind }) => kind)
    expect(new Set(kinds).size).toBe(kinds.length)
    const whats = keptProofs.map(({ removal }) => removal.what)
    expect(new Set(whats).size).toBe(whats.length)
  })

  it('gives each table of a proof one retention and one line of the privacy statement', () => {
    for (const { kind, retention, categories } of proofs)
      expect(Object.keys(retention).sort(), kind).toEqual(Object.keys(categories).sort())
  })

  it('names notices that have a mail, and sections of the help that exist', () => {
    const topics = join(root, 'src', 'help', 'topics')
    const help = readdirSync(topics).map(file => readFileSync(join(topics, file), 'utf8'))
    for (const { kind, notices, help: explained } of proofs) {
      expect(
        Object.keys(notices).filter(name => !noticeKinds.some(known => known === name)),
        kind,
      ).toEqual([])
      expect(help.join('\n'), kind).toContain(`id: '${explained.section}'`)
    }
  })

  it('recognises what is typed as one second factor at most', () => {
    const hinted = secondFactors.filter(({ factor }) => factor.hint !== undefined).map(({ kind }) => kind)
    expect(hinted).toEqual(['authenticator', 'recovery-code'])
  })
})
