/** Index and health: what the index is made of, whether its counts agree, and its recall against exact search. */
import { useStore } from 'zustand'
import type { IndexInfo } from '../../../shared/corpus.ts'
import { Facts, type Fact } from '../../parts/Facts.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Empty, Pane } from '../../parts/Pane.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { FileName } from '../../parts/FileName.tsx'
import { baseName, formatBytes, formatCount, formatScore, plural } from '../../parts/format.ts'
import { openIndex } from '../../state/corpus.ts'
import { cancelCheck, checkHealth, indexCheck } from '../../state/indexCheck.ts'
import { reader } from '../../state/reader.ts'

export function Check({ info }: { readonly info: IndexInfo | null }) {
  const { health, checking } = useStore(indexCheck)
  const k = useStore(reader, (state) => state.k)
  const busy = checking.phase === 'running' || checking.phase === 'cancelling'
  if (info === null)
    return (
      <Pane title="Index">
        <Empty>No index is chosen.</Empty>
      </Pane>
    )
  return (
    <Pane
      title="Index"
      aside={
        <button type="button" className="primary" onClick={() => openIndex(info)}>
          Ask a question
        </button>
      }
    >
      <Facts facts={factsOf(info)} />
      {busy && (
        <ProgressBar
          title="Check"
          progress={checking.progress}
          cancelling={checking.phase === 'cancelling'}
          onCancel={cancelCheck}
        />
      )}
      {checking.fault !== null && (
        <FaultNote what="The index could not be checked." fault={checking.fault} onRetry={() => void checkHealth(k)} />
      )}
      {health !== null && (
        <>
          <p className={health.agree ? 'verdict-good' : 'bad'}>
            {health.agree ? 'All counts agree.' : 'Counts disagree: build the index again.'}
          </p>
          <table className="checks">
            <caption className="unseen">What must agree in the index</caption>
            <thead>
              <tr>
                <th scope="col">check</th>
                <th scope="col">expected</th>
                <th scope="col">found</th>
              </tr>
            </thead>
            <tbody>
              {health.checks.map(({ name, about, expected, found }) => (
                <tr key={name} className={expected === found ? undefined : 'bad'}>
                  <th scope="row" title={about}>
                    {name}
                  </th>
                  <td>{formatCount(expected)}</td>
                  <td>
                    {formatCount(found)}
                    {expected === found ? '' : ' ✕'}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <Facts
            facts={[
              ['recall@10 against exact search ↑', `${formatScore(health.recallAt10)}, n ${health.sample}`],
              [
                `chunks of k ${health.k}`,
                `${formatCount(health.counts.chunks)}, ${plural(health.counts.tokens, 'token')}`,
              ],
              ['on disk', formatBytes(health.bytes)],
            ]}
          />
        </>
      )}
      {!busy && (
        <button type="button" onClick={() => void checkHealth(k)}>
          {health === null ? 'Check the index' : 'Check again'}
        </button>
      )}
      {info.failures.length > 0 && (
        <details className="more">
          <summary>{plural(info.failures.length, 'file')} left out when it was made</summary>
          <ul className="left-out">
            {info.failures.map(({ file, reason, remedy }) => (
              <li key={file}>
                <strong>
                  <FileName name={baseName(file)} path={file} />
                </strong>{' '}
                {reason} <span className="quiet">{remedy}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Pane>
  )
}

function factsOf(info: IndexInfo): readonly Fact[] {
  const counts = [
    info.sources === undefined ? null : plural(info.sources, 'file'),
    plural(info.documents, 'document'),
    plural(info.passages, 'passage'),
    plural(info.vectors, 'vector'),
  ]
  return [
    ['holds', counts.filter((count) => count !== null).join(', ')],
    ...(info.repeated === undefined || info.repeated === 0
      ? []
      : [['left out', `${plural(info.repeated, 'passage')} with the text of an earlier one`] as const]),
    ...(info.questions === undefined || info.questions === 0
      ? []
      : [['question set', plural(info.questions, 'question')] as const]),
    ['vectors', `${info.dimension} numbers, inner product; HNSW`],
    [
      'embedder',
      info.model === undefined ? info.embedder.slice(0, 12) : `${info.model}, ${info.embedder.slice(0, 12)}`,
    ],
    ...(info.cut === undefined
      ? []
      : [
          [
            'cut',
            `${plural(info.cut.passages, 'passage')} longer than the embedder’s ${info.cut.window} tokens: their ends are in no vector. Choose passages of at most ${info.cut.window} tokens, or an embedder that reads more.`,
          ] as const,
        ]),
    ['made', new Date(info.made).toLocaleString()],
    [
      'folder',
      <span className="path" key="folder">
        {info.path}
      </span>,
    ],
  ]
}
