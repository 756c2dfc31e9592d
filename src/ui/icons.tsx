const shapes = {
  good: 'm5 13 5 5 9-12',
  wait: 'M12 7v5l3 3M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18',
  bad: 'M12 4 2.5 20h19L12 4Zm0 6v4m0 3v.1',
  met: 'm5 13 5 5 9-12',
  unmet: 'm7 7 10 10M17 7 7 17',
  later: 'M12 16a4 4 0 1 1 0-8 4 4 0 0 1 0 8',
} as const

/** Hidden from assistive technologies: the state is always written in words next to it (RGAA 3.1). */
export const Icon = ({ shape }: { shape: keyof typeof shapes }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={shapes[shape]} />
  </svg>
)
