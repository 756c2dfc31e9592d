import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { startPortal } from '../world/portal.ts'
import { root } from '../world/root.ts'

const file = join(root, 'docs/operate/prometheus.rules.yml')

describe('the alert rules', () => {
  it('are rules that Prometheus accepts', () => {
    expect(execFileSync('/usr/bin/promtool', ['check', 'rules', file], { encoding: 'utf8' })).toContain(
      'SUCCESS',
    )
  })

  it('ask only for figures that the portal has, in the format that Prometheus reads', async () => {
    const fixture = await startPortal({ directory: 'embedded', store: 'SQLite' })
    const text = await (await fetch(`${fixture.portal.adminUrl}/metrics`)).text()
    await fixture.stop()
    const figures = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name))
    const expressions: string[] = parse(readFileSync(file, 'utf8')).groups.flatMap(
      ({ rules }: { rules: { expr: string }[] }) => rules.map(({ expr }) => expr),
    )
    const asked = expressions.flatMap(expression => expression.match(/\bsesame_\w+/g) ?? [])
    expect(asked.length).toBeGreaterThan(5)
    expect(asked.filter(name => !figures.has(name))).toEqual([])
    execFileSync('/usr/bin/promtool', ['check', 'metrics'], { input: text })
  })
})
