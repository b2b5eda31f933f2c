/** A model in a folder of this machine: looked over without importing it, then imported. */
import { useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { ImportModel, ModelAdapter, ModelCheck, ModelDtype } from '../../../shared/models.ts'
import { canReveal, pathOf } from '../../link.ts'
import { Facts } from '../../parts/Facts.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { formatBytes, formatLarge } from '../../parts/format.ts'
import { engine } from '../../state/engine.ts'
import { checkFolder, forgetCheck, freeName, importModel, models, setFolder } from '../../state/models.ts'
import { HowKept, isName } from './HowKept.tsx'
import { adapterFacts } from './adapterFacts.ts'
import { modelFolderId } from './keys.ts'

export function FolderFace() {
  const checking = useStore(models, (state) => state.checking)
  const away = useStore(engine, (state) => state.status.state !== 'ready')
  const typed = useStore(models, (state) => state.folder)
  const [adapter, setAdapter] = useState('')
  const busy = checking.phase === 'running' || checking.phase === 'cancelling'
  return (
    <div className="model-face">
      <form
        className="folder-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (!away && typed.trim() !== '') void checkFolder(typed, adapter)
        }}
      >
        <label className="unseen" htmlFor={modelFolderId}>
          Path of the folder
        </label>
        <input
          id={modelFolderId}
          type="text"
          placeholder="Path of a folder with config.json and safetensors"
          value={typed}
          onChange={(event) => setFolder(event.target.value)}
        />
        <button type="submit" aria-disabled={away || typed.trim() === ''}>
          Look it over
        </button>
        <label className="unseen" htmlFor="adapter-folder">
          Adapter’s folder, or its id on the Hub
        </label>
        <input
          id="adapter-folder"
          type="text"
          placeholder="Optional: a LoRA adapter, its folder or OWNER/NAME"
          value={adapter}
          onChange={(event) => setAdapter(event.target.value)}
        />
      </form>
      {canReveal() && <Chooser onPath={(path) => (setFolder(path), void checkFolder(path, adapter))} />}
      {busy && (
        <ProgressBar title="Looking it over" progress={checking.progress} cancelling={false} onCancel={forgetCheck} />
      )}
      {checking.fault !== null && (
        <FaultNote
          what="It cannot be imported."
          fault={checking.fault}
          onRetry={() => void checkFolder(checking.path, checking.adapter)}
          onDismiss={forgetCheck}
        />
      )}
      {checking.result === null && !busy && checking.fault === null && (
        <p className="quiet">
          A folder as Hugging Face keeps models: config.json, safetensors, tokenizer.json. It is read and left alone;
          the import is a copy. Works offline.
        </p>
      )}
      {checking.result !== null && (
        <Found key={`${checking.path} ${checking.adapter}`} check={checking.result} adapterNamed={checking.adapter} />
      )}
    </div>
  )
}

/** The desktop knows where a chosen folder lies: the path of its first file, less what stands below the folder. */
function Chooser({ onPath }: { readonly onPath: (path: string) => void }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <div>
      <input
        ref={input}
        type="file"
        className="unseen"
        tabIndex={-1}
        aria-label="Folder of a model"
        {...{ webkitdirectory: '' }}
        onChange={(event) => {
          const [file] = event.target.files ?? []
          const path = file === undefined ? undefined : pathOf(file)
          if (file !== undefined && path !== undefined) onPath(folderAbove(path, file.webkitRelativePath))
          event.target.value = ''
        }}
      />
      <button type="button" onClick={() => input.current?.click()}>
        Choose a folder…
      </button>
    </div>
  )
}

function folderAbove(path: string, relative: string): string {
  const below = relative.split('/').length - 1
  const parts = path.split(/[/\\]/)
  return parts.slice(0, parts.length - below).join(path.includes('\\') ? '\\' : '/')
}

type FoundProps = {
  readonly check: ModelCheck
  /** The adapter as it was asked for. */
  readonly adapterNamed: string
}

function Found({ check, adapterNamed }: FoundProps) {
  const list = useStore(models, (state) => state.list)
  const busy = useStore(models, ({ importing: { phase } }) => phase === 'running' || phase === 'cancelling')
  const away = useStore(engine, (state) => state.status.state !== 'ready')
  const [typed, setTyped] = useState<string | null>(null)
  const [dtype, setDtype] = useState<ModelDtype>('f32')
  const name = typed ?? freeName(check.path, list ?? [])
  const off = busy || away || !isName(name)
  const { needs, notes, adapter } = check
  return (
    <article className="hub-look" aria-label={check.path}>
      <Facts
        facts={[
          ['architecture', `${check.architecture}, ${check.role === 'decoder' ? 'a' : 'an'} ${check.role}`],
          ['parameters', formatLarge(check.parameters)],
          ['dtype', check.dtypes.join(', ')],
          ...(adapter === undefined ? [] : adapterFacts(adapter)),
          ['licence', check.licence ?? 'not named'],
          ['tokenizer', check.tokenizer === null ? 'none' : 'yes'],
          ['import at f32', `${formatBytes(needs.disk)} of ${formatBytes(needs.freeDisk)} free`],
          ['in memory', `${formatBytes(needs.weights)} of ${formatBytes(needs.memory)}`],
          ...(check.maxAbsDiff === null
            ? []
            : ([
                ['against its reference', `largest difference of a logit ${check.maxAbsDiff.toExponential(1)}`],
              ] as const)),
        ]}
      />
      {needs.misfits.map((misfit) => (
        <p key={misfit} className="bad">
          {misfit}
        </p>
      ))}
      {notes.map((note) => (
        <p key={note} className="quiet">
          {note}
        </p>
      ))}
      <form
        className="model-have"
        onSubmit={(event) => {
          event.preventDefault()
          if (!off)
            void importModel({
              path: check.path,
              name,
              dtype,
              ...adapterAgain(adapter, adapterNamed),
            }).then((done) => done && forgetCheck())
        }}
      >
        <HowKept name={name} onName={setTyped} dtype={dtype} onDtype={setDtype} />
        <button type="submit" className="primary" aria-disabled={off}>
          Import
        </button>
      </form>
    </article>
  )
}

/** The adapter that was looked over: one of the Hub by its id and the very commit, so that the import has it and its download goes. */
function adapterAgain(
  adapter: ModelAdapter | undefined,
  named: string,
): Pick<ImportModel, 'adapter' | 'adapterRevision'> {
  if (adapter === undefined) return {}
  const { source, folder } = adapter
  return source?.id === named ? { adapter: source.id, adapterRevision: source.revision } : { adapter: folder }
}
