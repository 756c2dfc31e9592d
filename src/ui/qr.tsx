import { encode } from 'uqr'

/** Width of the white border in modules: with less than four, cameras miss the code (ISO/IEC 18004). */
const quietZone = 4

/** The dark modules of a row as one broken line: a code is the largest part of its page, which has to stay small. */
const lineOf = (row: readonly boolean[], y: number) => {
  let line = ''
  for (let x = 0, end = 0; x < row.length; x += 1) {
    if (!row[x]) continue
    const from = x
    while (row[x + 1]) x += 1
    line += line === '' ? `M${from} ${y}.5` : `m${from - end} 0`
    end = x + 1
    line += `h${end - from}`
  }
  return line
}

/** A QR code as one SVG path: black on white in both colour schemes, as cameras expect. `label` is its text alternative. */
export const QrCode = ({ text, label }: { text: string; label: string }) => {
  const { data, size } = encode(text, { ecc: 'M', border: quietZone })
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <path class="qr-paper" d={`M0 0h${size}v${size}H0z`} />
      <path class="qr-ink" d={data.map(lineOf).join('')} />
    </svg>
  )
}
