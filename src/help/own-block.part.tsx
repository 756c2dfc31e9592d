import type { OwnBlock } from '../texts/own-sections.ts'

/** A paragraph or a list of the institution’s own. */
export const OwnBlockView = ({ block }: { block: OwnBlock }) =>
  block.kind === 'text' ? (
    <p>{block.text}</p>
  ) : (
    <ul class="dashes stack">
      {block.items.map(item => (
        <li>
          <span>{item}</span>
        </li>
      ))}
    </ul>
  )
