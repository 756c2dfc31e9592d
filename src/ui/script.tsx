import type { ScriptName } from './script-files.ts'
import type { Ui } from './ui.ts'

/** A module: it runs once the whole page is there, wherever in the page its element is. */
export const Script = ({ ui, name }: { readonly ui: Ui; readonly name: ScriptName }) => (
  <script type="module" dangerouslySetInnerHTML={{ __html: ui.scripts[name] }} />
)
