import type { Ui } from '../../ui/ui.ts'

/** The `until` value of the refusal text: when passwords are accepted again. Absent for other problems. */
export const closedUntil = (ui: Ui, problem: object): { readonly until: string } | undefined =>
  'until' in problem && typeof problem.until === 'number' ? { until: ui.until(problem.until) } : undefined
