/** One value a token as bars about a middle line: up is above nought. The text beside it has the same numbers. */
export function TokenBars({ values, label }: { readonly values: readonly number[]; readonly label: string }) {
  const most = values.reduce((top, value) => Math.max(top, Math.abs(value)), 0)
  const heightOf = (value: number): number => (most === 0 ? 0 : (value / most) * 46)
  return (
    <svg
      className="token-bars"
      viewBox={`0 0 ${Math.max(1, values.length)} 100`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {values.map((value, at) => (
        <path
          key={at}
          className={value < 0 ? 'bar-worse' : 'bar-better'}
          d={`M${at + 0.12} 50V${50 - heightOf(value)}H${at + 0.88}V50z`}
        />
      ))}
      <line className="bar-middle" x1={0} x2={Math.max(1, values.length)} y1={50} y2={50} />
    </svg>
  )
}
