/** biome-ignore-all lint/a11y/noRedundantRoles: on narrow screens rows are displayed as blocks, and browsers then drop the table semantics. */

import type { ComponentChildren } from 'preact'
import type { Ui } from './ui.ts'

type Row = { readonly name: ComponentChildren; readonly cells: readonly ComponentChildren[] }

type Props = {
  readonly ui: Ui
  readonly label: string
  readonly columns: readonly [first: string, ...others: string[]]
  readonly rows: readonly Row[]
}

/** A data table; on a narrow screen each row becomes a block that repeats the names of its columns. */
export const Table = ({ ui, label, columns, rows }: Props) => {
  const [, ...others] = columns
  const { colon } = ui.locale
  return (
    <div class="tabled">
      <table role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(column => (
              <th role="columnheader" scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map(({ name, cells }) => (
            <tr role="row">
              <th role="rowheader" scope="row">
                {name}
              </th>
              {cells.map((cell, index) => (
                <td role="cell" data-label={`${others[index]}${colon}`}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
