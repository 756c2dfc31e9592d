import { encode } from 'uqr'

/** Modules of white around the code: four, or cameras miss it (ISO/IEC 18004). */
const quiet = 4

/** A QR code as one path: black on white in both schemes, since cameras expect it, and described in words. */
export const QrCode = ({ text, label }: { text: string; label: string }) => {
  const { data, size } = encode(text, { ecc: 'M', border: quiet })
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
