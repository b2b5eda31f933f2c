/** A model to add: from the Hub, looked at before anything is fetched, or from a folder of this machine. */
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { pathOf } from '../../link.ts'
import { Pane } from '../../parts/Pane.tsx'
import { Segments, type Segment } from '../../parts/Segments.tsx'
import { checkFolder, setFolder } from '../../state/models.ts'
import { say } from '../../state/view.ts'
import { FolderFace } from './FolderFace.tsx'
import { HubFace } from './HubFace.tsx'
import { modelFolderId } from './keys.ts'

type Face = 'hub' | 'folder'

const faces: readonly Segment<Face>[] = [
  { value: 'hub', label: 'From the Hub' },
  { value: 'folder', label: 'From a folder' },
]

const face = createStore<{ readonly face: Face }>()(() => ({ face: 'hub' }))

export function Add() {
  const now = useStore(face, (state) => state.face)
  return (
    <Pane
      title="Add a model"
      className="model-add"
      aside={
        <Segments
          label="Where it comes from"
          value={now}
          options={faces}
          onChange={(next) => face.setState({ face: next })}
        />
      }
    >
      {now === 'hub' ? <HubFace /> : <FolderFace />}
    </Pane>
  )
}

/** Looks over a folder that was dropped, or a file of one; a browser does not tell where it lies. */
export function takeFolder(files: readonly File[]): void {
  face.setState({ face: 'folder' })
  const [first] = files
  const path = first === undefined ? undefined : pathOf(first)
  if (path !== undefined) {
    setFolder(path)
    void checkFolder(path)
    return
  }
  const graph = first?.name.endsWith('.onnx') === true
  say(
    graph
      ? `${first?.name} is a finished graph, which is not taken: type the path of the folder with config.json and model.safetensors.`
      : 'A browser does not tell where a folder lies: type its path.',
  )
  document.getElementById(modelFolderId)?.focus()
}
