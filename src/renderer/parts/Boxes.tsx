/** Box plots below each other on one scale: ends, quartiles and median of each row, its numbers beside it. */
export type Box = {
  readonly name: string
  readonly n: number
  readonly low: number
  readonly first: number
  readonly middle: number
  readonly third: number
  readonly high: number
}
export type BoxesProps = {
  readonly title: string
  readonly boxes: readonly (Box & { readonly key: string })[]
  readonly format: (value: number) => string
  readonly selected: string | null
  readonly onSelect: (key: string) => void
}

const width = 300

export function Boxes({ title, boxes, format, selected, onSelect }: BoxesProps) {
  const [least, most] = [Math.min(...boxes.map(({ low }) => low)), Math.max(...boxes.map(({ high }) => high))]
  const x = (value: number): number => (most > least ? ((value - least) / (most - least)) * width : width / 2)
  return (
    <figure className="chart boxes">
      <figcaption>
        <strong>{title}</strong>
        <span>
          {format(least)} to {format(most)}; whiskers are the least and the most, boxes quartiles, lines medians
        </span>
      </figcaption>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">cell</th>
              <th scope="col">n</th>
              <td aria-hidden="true" />
              <th scope="col">median</th>
              <th scope="col">quartiles</th>
              <th scope="col">least</th>
              <th scope="col">most</th>
            </tr>
          </thead>
          <tbody>
            {boxes.map(({ key, name, n, low, first, middle, third, high }) => (
              <tr key={key} data-selected={key === selected || undefined}>
                <th scope="row">
                  <button
                    type="button"
                    className="linkish"
                    aria-pressed={key === selected}
                    onClick={() => onSelect(key)}
                  >
                    {name}
                  </button>
                </th>
                <td>{n}</td>
                <td aria-hidden="true">
                  <svg viewBox={`-2 0 ${width + 4} 16`} width={width + 4} height="16">
                    <path
                      className="box-whisker"
                      d={`M${x(low)} 8H${x(first)}M${x(third)} 8H${x(high)}M${x(low)} 4v8M${x(high)} 4v8`}
                    />
                    <rect className="box" x={x(first)} y="3" width={Math.max(1, x(third) - x(first))} height="10" />
                    <path className="box-middle" d={`M${x(middle)} 2v12`} />
                  </svg>
                </td>
                <td>{format(middle)}</td>
                <td>
                  {format(first)} to {format(third)}
                </td>
                <td>{format(low)}</td>
                <td>{format(high)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  )
}
