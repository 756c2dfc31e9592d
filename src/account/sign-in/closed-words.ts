import type { Ui } from '../../ui/ui.ts'

/** Until when passwords are not tried, as the sentence of the refusal says it. */
export const closedWords = (ui: Ui, problem: object): { readonly until: string } | undefined =>
  'until' in problem && typeof problem.until === 'number' ? { until: ui.until(problem.until) } : undefined
