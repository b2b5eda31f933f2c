/** Faults: every error a user can meet, with a code and the remedy; how an error crosses the wire. */

/** Each code with the remedy shown when the place that throws names no better one. */
export const remedies = {
  'bad-input': 'Check the value named in the message.',
  'file-missing': 'Check the path, or locate the file again.',
  'file-unreadable': 'Check the permissions of the file or folder.',
  'not-text': 'Convert the file to UTF-8 text, or leave it out.',
  'bad-encoding': 'Save the file as UTF-8, or leave it out.',
  'bad-record': 'Correct the line named in the message.',
  'unsupported-format':
    'Use txt, md, html, pdf, docx, pptx, epub, ipynb, csv, tsv, json, jsonl or parquet; save other files as one of these.',
  'file-too-large': 'Split the file into smaller ones.',
  'file-damaged': 'Fetch the file again, or open it in its own program and save it anew.',
  'file-encrypted': 'Take the password off in the program that made the file, and add it again.',
  'no-text-layer': 'Recognise its text first (OCR), for example: ocrmypdf IN.pdf OUT.pdf. Then add OUT.pdf.',
  'corpus-empty': 'Add at least one document with text.',
  'corpus-short': 'Add longer documents, or lower the longest context or the output.',
  'index-missing': 'Build the index first: refrag index FILE --out DIR',
  'index-damaged': 'Build the index again from its documents.',
  'index-old': 'Build the index again from its documents: this version keeps more of them.',
  'index-other-weights':
    'Open the bundle that it was made with, or rebuild the index with the loaded bundle: refrag index FILE --out DIR',
  'bundle-missing': 'Point --bundle at a folder with a bundle.json.',
  'bundle-damaged': 'Restore the bundle from its source; no part of it was loaded.',
  'k-unsupported': 'Choose a k that the encoder supports.',
  'p-out-of-range': 'Choose p between 0 and 1.',
  'question-too-long': 'Shorten the question, or use a decoder with a longer window.',
  'context-too-long': 'Use fewer passages, a larger k or a smaller p.',
  'disk-full': 'Free disk space and run again; what was there before is untouched.',
  'run-missing': 'The run is not in this workbench; run the plan again.',
  'session-missing':
    'It was removed, or belongs to another workbench: look for it on the start screen, or open its .refrag file.',
  'session-read-only': 'Change it in the window that writes it, or close that window: this one takes over then.',
  'session-other-run': 'Open the file in another home folder: refrag serve --home DIR',
  'comparison-missing': 'The comparison is not in this workbench; compare its runs again.',
  'comparison-busy': 'Cancel the repeats of the comparison, or wait for their end.',
  'run-other-bundle': 'Load the bundle that the run was made with, or run the plan again.',
  'engine-gone': 'The engine stopped and is being started again.',
  stopped: 'Begin it again; what was finished before is kept.',
  'job-missing': 'The job has ended; its outcome stands where it was begun.',
  'training-diverged': 'Lower the learning rate; the last good checkpoint was kept.',
  'training-busy': 'Stop the training that runs, or wait for its end.',
  'sweep-busy': 'Pause the sweep that runs, or wait for its end.',
  'sweep-missing': 'Begin the sweep first: refrag sweep run --index IDX --questions F --out DIR',
  'cell-disturbed': 'Resume the sweep: the cell is measured again.',
  'device-failed':
    'Look at what was found: refrag devices. To go on without it: --device cpu, or choose the CPU in the settings.',
  'run-other-settings': 'Name another folder, or give the settings that the run began with.',
  'hub-offline':
    'Check the network, the endpoint, and the proxy (NODE_USE_ENV_PROXY=1 with HTTPS_PROXY). A model in a folder is imported without it.',
  'hub-refused': 'Check the id, the revision and the token.',
  'download-broken': 'Go on with the download: what has come and was found right is kept.',
  'download-busy': 'Wait for its end, or pause it where it runs.',
  'download-missing': 'Begin the download again: refrag models download ID',
  'model-unsupported':
    'Use a checkpoint of a family that is known: Llama, Mistral, Qwen2, Qwen3, GPT-2, BERT or RoBERTa, in safetensors.',
  'model-damaged': 'Fetch the file that the message names again.',
  'model-missing': 'See what is imported: refrag models list',
  'run-elsewhere': 'Run the plan with the bundle’s own decoder: this needs one that runs here.',
  'decoder-elsewhere':
    'Choose a server that decodes (--decoder NAME), or the bundle with its whole decoder for what has to run here.',
  'remote-missing': 'Add the server and confirm its host: refrag remote add URL --kind KIND --model NAME',
  'remote-refused': 'See what the server says of itself: refrag remote check NAME',
  'remote-broken': 'Ask again; the server’s own log says why it stopped.',
  'remote-timeout': 'Ask again when the server is less busy, or add it again with longer --timeouts.',
  internal: 'This is a defect of the workbench. Please report it with the log.',
} as const

export type FaultCode = keyof typeof remedies

/** An error that a user can act on: what failed, on what, and what to do. */
export class Fault extends Error {
  readonly code: FaultCode
  readonly remedy: string

  constructor(code: FaultCode, message: string, options: { readonly remedy?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Fault'
    this.code = code
    this.remedy = options.remedy ?? remedies[code]
  }
}

/** A fault as plain data, as it crosses the wire. */
export type FaultData = { readonly code: FaultCode; readonly message: string; readonly remedy: string }

/** What an operating system's refusal means; its message names the path. */
const refusals: Readonly<Record<string, FaultCode>> = {
  EACCES: 'file-unreadable',
  EPERM: 'file-unreadable',
  EROFS: 'file-unreadable',
  EEXIST: 'bad-input',
  ENOTDIR: 'bad-input',
  EISDIR: 'bad-input',
}

/** Any thrown value as a fault: faults stay, refusals of the system get their code, the rest become `internal`. */
export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  if (isDiskFull(error)) return new Fault('disk-full', 'The disk is full.', { cause: error })
  const refusal =
    error instanceof Error && 'syscall' in error && 'code' in error ? refusals[String(error.code)] : undefined
  if (refusal) return new Fault(refusal, (error as Error).message, { cause: error })
  return new Fault('internal', error instanceof Error ? error.message : String(error), { cause: error })
}

/** True for the errors an operating system or SQLite gives when the disk has no room. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? error.code : undefined
  return code === 'ENOSPC' || code === 'EDQUOT' || /database or disk is full|no space left/i.test(error.message)
}

/** True when `error` says that the caller stopped the work: never shown as an error. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** Keeps the compiler honest where a union has been walked to its end. */
export function assertNever(value: never): never {
  throw new Error(`internal: unexpected value ${JSON.stringify(value)}`)
}
