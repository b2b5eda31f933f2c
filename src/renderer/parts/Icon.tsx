/** The page's few icons, as strokes on a 24-unit grid. */

const paths = {
  start: 'M4 11 12 4l8 7v9H4z',
  bench: 'M4 6h16M4 12h10M4 18h16M18 10v4',
  train: 'M4 19V5M4 19h16M7 8c2 7 5 9 12 9',
  sweep: 'M4 4h4v4H4zM10 4h4v4h-4zM16 4h4v4h-4zM4 10h4v4H4zM10 10h4v4h-4zM4 16h4v4H4z',
  runs: 'M4 5h16v14H4zM4 10h16M4 14.500h16M9 10v9',
  compare: 'M4 5h6v14H4zM14 5h6v14h-6zM6.500 9h1M16.500 9h1M6.500 12h1M16.500 14h1',
  linked: 'M9.500 14.500 14.500 9.500M8 12 5.500 14.500a3 3 0 0 0 4 4L12 16M16 12l2.500-2.500a3 3 0 0 0-4-4L12 8',
  unlinked: 'M8 12 5.500 14.500a3 3 0 0 0 4 4L12 16M16 12l2.500-2.500a3 3 0 0 0-4-4L12 8',
  star: 'm12 4 2.500 5.200 5.500.700-4 4 1 5.700-5-2.800-5 2.800 1-5.700-4-4 5.500-.700z',
  demo: 'M8 5v14l11-7z',
  drop: 'M12 4v11M7 10l5 5 5-5M4 20h16',
  index: 'M5 5h14v4H5zM5 10h14v4H5zM5 15h14v4H5z',
  hand: 'M8 12V6a1.5 1.5 0 0 1 3 0V4.500a1.500 1.500 0 0 1 3 0V6a1.500 1.500 0 0 1 3 0v8c0 4-2 7-5.500 7S7 19 5 14.500c-.600-1.500 1.500-2.500 3-.500z',
  lock: 'M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3',
  pin: 'M9 4h6l-1 6 3 3H7l3-3zM12 13v7',
  note: 'M5 4h14v11l-5 5H5zM14 20v-5h5M9 9h6',
  undo: 'M9 6 4 11l5 5M4 11h10a5 5 0 0 1 0 10h-3',
  redo: 'm15 6 5 5-5 5M20 11H10a5 5 0 0 0 0 10h3',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2',
  moon: 'M19 14.500A8 8 0 0 1 9.500 5 8 8 0 1 0 19 14.500z',
  system: 'M3 5h18v11H3zM9 20h6M12 16v4',
  warn: 'M12 4 2.500 20h19zM12 10v5M12 17.500v.500',
  close: 'm6 6 12 12M18 6 6 18',
  back: 'm14 6-6 6 6 6',
  forward: 'm10 6 6 6-6 6',
  log: 'M5 4h14v16H5zM8 8h8M8 12h8M8 16h5',
  settings: 'M4 7h9M17 7h3M4 12h3M11 12h9M4 17h7M15 17h5M13 5v4M7 10v4M11 15v4',
  panel: 'M4 5h16v14H4zM15 5v14',
} as const
export type IconName = keyof typeof paths

export const iconNames = Object.keys(paths) as IconName[]

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}
