import { encode } from 'uqr'

/** Width of the white border in modules: with less than four, cameras miss the code (ISO/IEC 18004). */
const quietZone = 4

/** A QR code as one SVG path: black on white in both colour schemes, as cameras expect. `label` is its text alternative. */
export const QrCode = ({ text, label }: { text: string; label: string }) => {
  const { data, size } = encode(text, { ecc: 'M', border: quietZone })
  const dark = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : [])))
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <path class="qr-paper" d={`M0 0h${size}v${size}H0z`} />
      <path class="qr-ink" d={dark.join('')} />
    </svg>
  )
}
