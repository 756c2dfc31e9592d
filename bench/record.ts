import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { Figure } from './figure.ts'
import { root } from './portal-process.ts'

const file = join(root, 'docs/reference/figures.md')

const head = `# Figures

Written by \`npm run bench\`, or \`npm run bench NAME\` for one: each line says when and on what it was measured. The command prints a line
of JSON per figure with the details that one needs to believe it. \`npm run bench peers\` measures another portal against this one.

| figure | value | goal | reached | measured |
|---|---|---|---|---|
`

const where = () =>
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`

const rowOf = ({ figure, value, goal, good }: Figure) =>
  `| ${figure} | ${value} | ${goal} | ${good ? 'yes' : '**no**'} | ${where()} |`

const rowsIn = (text: string) =>
  new Map(
    text
      .split('\n')
      .flatMap(line => (/^\| ([a-z0-9-]+) \|/.exec(line) ?? []).slice(1).map(name => [name, line])),
  )

/** Writes `docs/reference/figures.md`: the new figure replaces its last value, the others stay. */
export const record = (figure: Figure, names: readonly string[]) => {
  const rows = rowsIn(existsSync(file) ? readFileSync(file, 'utf8') : '')
  rows.delete('figure')
  rows.set(figure.figure, rowOf(figure))
  const kept = names.flatMap(name => rows.get(name) ?? [])
  writeFileSync(file, `${head}${kept.join('\n')}\n`)
}
