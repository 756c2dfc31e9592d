import type { NumberKind } from '../directory/directory.ts'

const examples = {
  'student-number': 'N° 22104578',
  ine: 'INE 0712034556K',
  'staff-number': 'P 10482',
  uid: 'UID ext-dupont',
} as const

const PrintedLetter = ({ printed }: { printed: string }) => (
  <>
    <path class="p-sheet" d="M36 1h128v110H36Z" />
    <path class="p-mute" d="M50 16h44v6H50Zm0 18h100v6H50Zm0 13h84v6H50Z" />
    <rect class="p-mark" x="50" y="66" width="96" height="20" rx="4" />
    <text x="56" y="80">
      {printed}
    </text>
  </>
)

const Card = ({ printed, top }: { printed: string; top: number }) => (
  <>
    <rect class="p-sheet" x="1" y="1" width="198" height="110" rx="9" />
    <path class="p-wall" d="M1 10a9 9 0 0 1 9-9h180a9 9 0 0 1 9 9v14H1Z" />
    <rect class="p-mute" x="14" y="36" width="42" height="48" rx="4" />
    <path class="p-mute" d="M68 38h84v7H68Zm0 14h58v7H68Z" />
    <rect class="p-mark" x="68" y={top} width={printed.length * 6.4 + 14} height="20" rx="4" />
    <text x="74" y={top + 14}>
      {printed}
    </text>
  </>
)

/**
 * Drawing of the card or letter on which this number is printed, with the number highlighted. Decorative: the page says in words
 * where the number is.
 */
export const Picture = ({ kind }: { kind: NumberKind }) => (
  <svg class="picture" viewBox="0 0 200 112" aria-hidden="true">
    {kind === 'uid' ? (
      <PrintedLetter printed={examples.uid} />
    ) : (
      <Card printed={examples[kind]} top={kind === 'ine' ? 82 : 64} />
    )}
  </svg>
)
