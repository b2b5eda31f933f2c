/** A labelled choice of one among a few, each with the words it goes by. */

export function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string
  readonly value: T
  readonly options: readonly (readonly [value: T, label: string])[]
  readonly onChange: (value: T) => void
}) {
  return (
    <label className="field">
      <span className="label">{label}</span>
      <select
        value={value}
        onChange={(event) => {
          const taken = options.find(([name]) => name === event.target.value)
          if (taken !== undefined) onChange(taken[0])
        }}
      >
        {options.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}
