/** A picture in grey: 0 is black, 255 white. */
export type Picture = { readonly width: number; readonly height: number; readonly grey: Uint8Array }

/** The binary form of a portable grey map, as `pdftoppm -gray` writes it. */
export const readPgm = (bytes: Buffer): Picture => {
  const head = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 64))
  if (!head) throw new Error('not a grey map')
  const [whole, width, height] = head
  return { width: Number(width), height: Number(height), grey: bytes.subarray(whole.length) }
}

const threshold = 128

/** The ink alone, without the white around it. */
const inkOf = ({ width, height, grey }: Picture) => {
  let [left, right, top, bottom] = [width, 0, height, 0]
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      if ((grey[y * width + x] ?? 255) < threshold) {
        left = Math.min(left, x)
        right = Math.max(right, x)
        top = Math.min(top, y)
        bottom = Math.max(bottom, y)
      }
  return {
    width: right - left + 1,
    height: bottom - top + 1,
    at: (x: number, y: number) => {
      const [column, row] = [x + left, y + top]
      const inside = column >= 0 && column < width && row >= 0 && row < height
      return inside && (grey[row * width + column] ?? 255) < threshold
    },
  }
}

type Ink = ReturnType<typeof inkOf>

/** Two programs smooth the edge of a letter otherwise. */
const tolerance = 2

const isNear = (ink: Ink, x: number, y: number) => {
  for (let dx = -tolerance; dx <= tolerance; dx += 1)
    for (let dy = -tolerance; dy <= tolerance; dy += 1) if (ink.at(x + dx, y + dy)) return true
  return false
}

/** The share of the dots of one that the other does not have, nor near by. */
const missingIn = (one: Ink, other: Ink) => {
  let [dots, missing] = [0, 0]
  for (let y = 0; y < one.height; y += 1)
    for (let x = 0; x < one.width; x += 1)
      if (one.at(x, y)) {
        dots += 1
        if (!isNear(other, x, y)) missing += 1
      }
  return dots === 0 ? 1 : missing / dots
}

/** How much the ink of two pictures differs, wherever it stands on them: 0 is the same, 1 nothing in common. */
export const differenceOf = (one: Picture, other: Picture) => {
  const [first, second] = [inkOf(one), inkOf(other)]
  return Math.max(missingIn(first, second), missingIn(second, first))
}
