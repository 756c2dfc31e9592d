import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { startPortal } from '../world/portal.ts'
import { root } from '../world/root.ts'
import { scratchFolder } from '../world/scratch.ts'

const file = join(root, 'docs/operate/prometheus.rules.yml')

const dashboard = JSON.parse(readFileSync(join(root, 'docs/operate/grafana.json'), 'utf8'))

describe('the alert rules and the dashboard', () => {
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
    const drawn: string[] = dashboard.panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
      targets.map(({ expr }) => expr),
    )
    const asked = [...expressions, ...drawn].flatMap(
      expression => expression.match(/\b(?:sesame|process)_\w+/g) ?? [],
    )
    expect(drawn.length).toBeGreaterThan(10)
    expect(asked.length).toBeGreaterThan(drawn.length + 5)
    const isFigure = (name: string) => figures.has(name.replace(/_bucket$/, ''))
    expect(asked.filter(name => !isFigure(name))).toEqual([])
    execFileSync('/usr/bin/promtool', ['check', 'metrics'], { input: text })
  })

  it('draws by expressions that Prometheus accepts', () => {
    const rules = dashboard.panels.flatMap(({ targets }: { targets: { expr: string }[] }, panel: number) =>
      targets.map(({ expr }, nth) => ({
        record: `dashboard:panel_${panel}:expression_${nth}`,
        expr: expr.replaceAll('$instance', '.*'),
      })),
    )
    const groups = { groups: [{ name: 'dashboard', rules }] }
    const folder = scratchFolder('sesame-dashboard-')
    writeFileSync(join(folder, 'rules.yml'), stringify(groups))
    execFileSync('/usr/bin/promtool', ['check', 'rules', join(folder, 'rules.yml')])
    rmSync(folder, { recursive: true })
  })
})
